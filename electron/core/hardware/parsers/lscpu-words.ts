/** The fields of lscpu that are read. */
export type LscpuField =
  | 'architecture'
  | 'cpus'
  | 'threads'
  | 'cores'
  | 'clusterCores'
  | 'sockets'
  | 'clusters'
  | 'nodes'
  | 'vendor'
  | 'model'
  | 'flags'
  | 'hypervisor'

/**
 * What lscpu calls its fields in the languages that it speaks (message catalogues of util-linux 2.38,
 * https://translationproject.org/domain/util-linux.html); a remark in brackets and the accents of older releases are left out.
 */
export const lscpuWords: Readonly<Record<LscpuField, readonly string[]>> = {
  architecture: [
    ...['Architecture', 'Architektur', 'Architektura', 'Arhitektura', 'Arkitektur', 'Arquitectura', 'Arquitetura', 'Architectuur'],
    ...['Mimari', 'Архитектура', 'Архітектура', 'Kiến trúc', 'アーキテクチャ', '架构', '架構', '아키텍처', 'Architettura'],
  ],
  cpus: [
    ...['CPU(s)', 'Processeur(s)', 'CPU', 'Počet CPU', "CPU'er", 'CPU(-a)', "CPU's", 'CPU(er)', 'İşlemciler', 'Процессори', 'Процесори'],
    ...['Total CPU(s)', 'Active CPU(s)', 'CPUs'],
  ],
  threads: [
    ...['Thread(s) per core', 'Thread(s) pro Kern', 'Thread(s) par cœur', 'Vláken na jádro', 'Tråde per kerne', 'Dretva po jezgri'],
    ...['Hilo(s) de procesamiento por núcleo', 'Core bakoitzeko hari kopurua', 'Thread(s) setiap inti', 'コアあたりのスレッド数'],
    ...['Draden per kern', 'Wątków na rdzeń', 'Tópicos por núcleo', 'Thread(s) per núcleo', 'Thread(s) por núcleo', 'Tråd(ar) per kärna'],
    ...['Çekirdek başına iş parçacığı', 'Потоков на ядро', 'Потоків на ядро', 'Số tuyến mỗi lõi', '每个核的线程数', '每核心執行緒數'],
    ...['Thread per core', '코어당 스레드'],
  ],
  cores: [
    ...['Core(s) per socket', 'Kern(e) pro Sockel', 'Kern(e) pro Socket', 'Cœur(s) par socket', 'Jader na patici', 'Kerner per sokkel'],
    ...['Jezgra po podnožju', 'Núcleo(s) por «socket»', 'Socket bakoitzeko core kopurua', 'Inti setiap soket', 'ソケットあたりのコア数'],
    ...['Kernen per voet', 'Rdzeni na gniazdo', 'Núcleos por socket', 'Núcleo(s) por soquete', 'Ядер на сокет', 'Kärn(or) per uttag'],
    ...['Soket başına çekirdek', 'Số lõi mỗi đế cắm', '每个座的核数', '每通訊端核心數', '소켓당 코어', 'Core per socket'],
  ],
  clusterCores: [
    ...[
      'Core(s) per cluster',
      'Kern(e) pro Cluster',
      'Cœur(s) par cluster',
      'Jader na klastr',
      'Núcleo(s) por «cluster»',
      'Núcleo(s) por cluster',
    ],
    ...['Jezgr(a/e) po klasteru', 'Rdzeni na klaster', 'Núcleos por cluster', 'Ядер на кластер'],
  ],
  sockets: [
    ...[
      'Socket(s)',
      'Sockel',
      'Patic',
      'Sokler',
      '«Socket(s)»',
      'CPU podnožja',
      'ソケット数',
      'CPU-voeten',
      'Gniazd',
      'Sockets',
      'Soquete(s)',
    ],
    ...['Сокетов', 'Сокети', 'Uttag', 'Soket(ler)', 'Số đế cắm', '座', '插座', '소켓', 'Socket'],
  ],
  clusters: ['Cluster(s)', 'Cluster', 'Klastrů', '«Cluster(s)»', 'Klaster(i)', 'Klastrów', 'Кластери'],
  nodes: [
    ...['NUMA node(s)', 'NUMA-Knoten', 'Nœud(s) NUMA', 'Uzly NUMA', 'NUMA-knuder', 'Modo(s) NUMA', 'Nodo(s) NUMA', 'NUMA noduak'],
    ...['NUMA čvor(ovi)', 'Titik NUMA', 'NUMA ノード数', 'NUMA-nodes', 'Węzłów NUMA', 'Nós NUMA', 'Nó(s) de NUMA', 'NUMA nod(er)'],
    ...['NUMA düğümü(leri)', 'Вузли NUMA', 'Узлов NUMA', 'Nút NUMA', 'NUMA 节点', 'NUMA 節點', 'NUMA 노드'],
  ],
  vendor: [
    ...['Vendor ID', 'Anbieterkennung', 'Identifiant constructeur', 'ID výrobce', 'Leverandør-id', 'ID de fabricante', 'ID do fabricante'],
    ...['Fabrikatzailearen IDa', 'ID proizvođača', 'ID Pembuat', 'ベンダー ID', 'Producent-ID', 'ID producenta', 'ID de fornecedor'],
    ...[
      'ID прроизводителя',
      'ID производителя',
      'Tillverkar-ID',
      'Sağlayıcı Kimliği',
      'Ідентифікатор виробника',
      'ID nhà sản xuất',
      '厂商 ID',
    ],
    ...['供應商識別號', '제조사 ID', 'Vendor', 'ID fornitore'],
  ],
  model: [
    ...[
      'Model name',
      'Modellname',
      'Nom de modèle',
      'Název modelu',
      'Modelnavn',
      'Nombre del modelo',
      'Mallinimi',
      'Ime modela',
      'モデル名',
    ],
    ...[
      'Modelnaam',
      'Nazwa modelu',
      'Nome do modelo',
      'Имя модели',
      'Modellnamn',
      'Modem ismi',
      'Model ismi',
      'Назва моделі',
      'Tên mô hình',
    ],
    ...['型号名称', '型號名稱', '모델명', 'Nome modello'],
  ],
  flags: [
    ...[
      'Flags',
      'Markierungen',
      'Drapeaux',
      'Příznaky',
      'Flag',
      'Indicadores',
      'Liput',
      'Flagovi',
      'フラグ',
      'Vlaggen',
      'Flagi',
      'Bandeiras',
    ],
    ...['Opções', 'Флаги', 'Flaggor', 'Bayraklar', 'Прапорці', '标记', '標記', '플래그', 'Features'],
  ],
  hypervisor: [
    ...['Hypervisor vendor', 'Hypervisor-Anbieter', "Constructeur d'hyperviseur", 'Výrobce hypervizoru', 'Hypervisorleverandør'],
    ...[
      'Fabricante del hipervisor',
      'Fabricante do hypervisor',
      'Fabricante do hipervisor',
      'Proizvođač hipervizora',
      'Pembuat Hypervisor',
    ],
    ...[
      'ハイパーバイザのベンダー',
      'Hypervisorproducent',
      'Producent hipernadzorcy',
      'Fornecedor do hipervisor',
      'Разработчик гипервизора',
    ],
    ...['Hypervisortillverkare', 'Hypervizör sağlayıcı', 'Виробник гіпервізора', '超管理器厂商', 'Hypervisor 供應商'],
  ],
}
