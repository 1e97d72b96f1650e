/** Name of the folder of a build or offer: what no file system minds. */
export const folderNameOf = (id: string) => id.replaceAll(/[^A-Za-z0-9.@+_-]/g, '-')
