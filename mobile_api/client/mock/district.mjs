// A made-up district for developing and testing the phone app. Everything here is synthetic.
const [LON, LAT] = [118.3214, 30.9411]
const at = (dx, dy) => [LON + dx, LAT + dy]
const polygon = (...points) => ({ type: 'Polygon', coordinates: [[...points, points[0]].map(([x, y]) => at(x, y))] })
const area = (code, name, layer, unit, geometry) => ({ type: 'Feature', geometry, properties: { code, name, layer, unit } })
const days = (n) => new Date(Date.now() + n * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)

export const UNITS = [
  { code: 'shiqiao', name: '石桥镇人民政府', kind: 'town' },
  { code: 'liuwan', name: '柳湾镇人民政府', kind: 'town' },
  { code: 'chengbei', name: '城北街道办事处', kind: 'subdistrict' },
  { code: 'jiulong', name: '九龙园区服务中心', kind: 'park' },
  { code: 'ecology', name: '区生态环境局', kind: 'department' },
]

const AREAS = [
  area('340201', '石桥镇', 'towns', 'shiqiao', polygon([-0.03, -0.008], [0.004, -0.012], [0.0022, 0.004], [0.0016, 0.03], [-0.03, 0.03])),
  area('340202', '城北街道', 'towns', 'chengbei', polygon([0.004, -0.012], [0.05, -0.01], [0.05, 0.03], [0.0016, 0.03], [0.0022, 0.004])),
  area('340203', '柳湾镇', 'towns', 'liuwan', polygon([-0.03, -0.05], [0.05, -0.05], [0.05, -0.01], [0.004, -0.012], [-0.03, -0.008])),
  area('340290', '九龙园区', 'parks', 'jiulong', polygon([0.02, -0.045], [0.045, -0.045], [0.045, -0.025], [0.02, -0.025])),
]

const PROTECTED = [area('red-1', '石桥河水源保护区', 'red_line', null, polygon([-0.02, 0.006], [-0.004, 0.0045], [-0.004, 0.012], [-0.02, 0.013]))]

const line = (name, kind, type, coordinates) => ({ type: 'Feature', geometry: { type, coordinates }, properties: { name, kind } })
const along = (...points) => points.map(([x, y]) => at(x, y))
const LINES = [
  // Water from bank to bank, its middle, and two roads.
  line('石桥河', 'river', 'Polygon', [along([-0.03, 0.0006], [-0.006, 0.0009], [0.0004, 0.0005], [0.004, 0.0012], [0.014, 0.0016], [0.05, 0.003], [0.05, 0.0056], [0.014, 0.0032], [0.004, 0.0026], [0.0004, 0.0019], [-0.006, 0.0022], [-0.03, 0.002], [-0.03, 0.0006])]),
  line('九龙溪', 'river', 'LineString', along([0.03, 0.004], [0.032, -0.01], [0.028, -0.026], [0.03, -0.05])),
  line('沿河路', 'road', 'LineString', along([-0.03, -0.0012], [-0.006, -0.0004], [0.0004, -0.0007], [0.006, -0.0003], [0.05, 0.0004])),
  line('石桥大道', 'road', 'MultiLineString', [along([0.0012, -0.03], [0.0013, -0.0006]), along([0.0013, -0.0006], [0.0011, 0.03])]),
]

const problem = (id, at_, properties) => ({
  type: 'Feature',
  id,
  geometry: { type: 'Point', coordinates: at(...at_) },
  properties: { id, further_categories: [], assisting_units: [], supervising_units: [], sites: [], deadline_text: '', ...properties },
})

const IDS = [1, 2, 3, 4, 5].map((n) => `00000000-0000-4000-8000-00000000000${n}`)
const photo = (n, date, where, heading) => ({
  id: `10000000-0000-4000-8000-00000000000${n}`,
  stage: 'before',
  captured_at: `${date}T09:40:00+08:00`,
  location: { type: 'Point', coordinates: at(...where) },
  heading,
  url: `/api/v1/photos/10000000-0000-4000-8000-00000000000${n}/file?size=thumb`,
})
const unit = (code) => UNITS.filter((one) => one.code === code).map(({ code: c, name }) => ({ code: c, name }))

const PROBLEMS = [
  problem(IDS[0], [0.0021, 0.0022], {
    number: '2026-087', title: '石桥镇河岸垃圾堆放', status: 'rectifying', light: 'red', pace: 'far_behind', category: 'solid_waste',
    area: { code: '340201', name: '石桥镇' }, main_units: unit('shiqiao'), days_left: -12, deadline: days(-12), percent: 90,
    plan: {
      goal: '清完垃圾、恢复岸坡', deadline: days(-12),
      measures: [
        { id: '20000000-0000-4000-8000-000000000001', text: '清运 40 方' },
        { id: '20000000-0000-4000-8000-000000000002', text: '复绿 600 ㎡' },
        { id: '20000000-0000-4000-8000-000000000003', text: '围栏和监控' },
      ],
    },
    photos: [photo(1, '2026-09-02', [0.00207, 0.00222], 8)],
  }),
  problem(IDS[1], [-0.008, -0.015], {
    number: '2026-095', title: '柳湾镇岸线垃圾', status: 'rectifying', light: 'yellow', category: 'solid_waste',
    area: { code: '340203', name: '柳湾镇' }, main_units: unit('liuwan'), days_left: 6, deadline: days(6),
    plan: { goal: '岸线清理干净', deadline: days(6), measures: [{ id: '20000000-0000-4000-8000-000000000004', text: '清理岸线 300 m' }] },
    photos: [photo(2, '2026-09-14', [-0.008, -0.015], 40)],
  }),
  problem(IDS[2], [0.03, -0.035], {
    number: '2026-041', title: '九龙园区沟渠淤积', status: 'closed', light: 'grey', category: 'water',
    area: { code: '340290', name: '九龙园区' }, main_units: unit('jiulong'), days_left: null, deadline: days(-120),
    photos: [photo(3, '2026-04-20', [0.03, -0.035], 120)],
  }),
  problem(IDS[3], [-0.0006, 0.0003], {
    number: '2026-101', title: '石桥镇沿河养殖粪污', status: 'planned', light: 'green', category: 'water',
    area: { code: '340201', name: '石桥镇' }, main_units: unit('shiqiao'), days_left: 45, deadline: days(45),
    plan: { goal: '粪污全部收集', deadline: days(45), measures: [{ id: '20000000-0000-4000-8000-000000000005', text: '建收集池 2 座' }] },
    photos: [],
  }),
  problem(IDS[4], [0.012, 0.009], {
    number: '2026-066', title: '城北街道工地扬尘', status: 'accepting', light: 'yellow', category: 'air',
    area: { code: '340202', name: '城北街道' }, main_units: unit('chengbei'), days_left: 3, deadline: days(3),
    plan: { goal: '裸土全覆盖', deadline: days(3), measures: [] },
    photos: [photo(5, '2026-10-08', [0.012, 0.009], 200)],
  }),
]

export const INSPECTIONS = [
  { id: '30000000-0000-4000-8000-000000000001', kind: 'spot_check', announced: true, released_at: '2026-11-01T08:00:00+08:00', date: days(2), people: ['inspector', 'town_head'], problems: [IDS[0]], note: '四季度盯办抽查' },
  { id: '30000000-0000-4000-8000-000000000002', kind: 'spot_check', announced: true, released_at: '2026-11-01T08:00:00+08:00', date: days(3), people: ['inspector', 'second'], problems: [IDS[1]], note: '四季度盯办抽查' },
  { id: '30000000-0000-4000-8000-000000000003', kind: 'look_back', announced: false, released_at: null, date: days(6), people: ['inspector', 'second'], problems: [IDS[2]], note: '' },
]

export function bootstrap(me) {
  return {
    me,
    units: UNITS,
    areas: { type: 'FeatureCollection', features: AREAS },
    protected: { type: 'FeatureCollection', features: PROTECTED },
    lines: { type: 'FeatureCollection', features: LINES },
    sources: [],
    categories: [
      { code: 'water', name: '水' },
      { code: 'air', name: '大气' },
      { code: 'soil', name: '土壤' },
      { code: 'solid_waste', name: '固废' },
      { code: 'noise', name: '噪声' },
      { code: 'ecology', name: '生态' },
      { code: 'other', name: '其他' },
    ],
    sectors: [],
    tasks: INSPECTIONS,
    problems: PROBLEMS,
    parameters: {},
  }
}

/** Drawn pictures of a river bank, each a little different. */
export function picture(n) {
  const heap = [
    [120, 330, '#20262a'], [170, 300, '#d8d8d0'], [215, 335, '#c9a227'], [260, 305, '#2c5d9e'], [150, 360, '#b5302a'], [240, 365, '#3a4145'], [195, 285, '#6b3fa0'],
  ].slice(0, 3 + (n % 5))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 390 480" width="390" height="480"><rect width="390" height="480" fill="#b9c4cf"/><path d="M0 120q90-40 200-10t190-20v60H0z" fill="#8fa8a5"/><rect y="140" width="390" height="180" fill="#8a9ea3"/><path d="M40 140q80-60 180 0" fill="none" stroke="#c9c4b6" stroke-width="12"/><path d="M0 300Q200 260 390 ${170 + 8 * n}V480H0z" fill="#7f8b4c"/><path d="M0 296Q200 256 390 ${166 + 8 * n}" fill="none" stroke="#aaa79a" stroke-width="14"/>${heap.map(([x, y, c]) => `<ellipse cx="${x}" cy="${y}" rx="42" ry="34" fill="${c}"/>`).join('')}<rect x="52" y="250" width="26" height="74" rx="4" fill="#dcdad2"/><text x="195" y="460" font-size="20" fill="#fff" text-anchor="middle">示范</text></svg>`
}
