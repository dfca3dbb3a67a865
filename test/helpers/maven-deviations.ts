/** Claims of Maven before 3.8.7 that Maven 3.8.7 denies: it takes `.x1` for `-x1`. */
export const deniedByMaven: readonly string[] = [
  '1.0.0-gradle-rework-beta3 < 1.0.0.RC7-3',
  '6.1.12.rc5 < 6.1.12rc1',
  '1.1.31.sec10 < 1.1.31_noneautotype',
  '1.1.46.sec10 < 1.1.46_noneautotype',
  '1.2.8.sec10_noneautotype < 1.2.8_noneautotype',
  '1.2.31.sec10 < 1.2.31_noneautotype',
  '1.2.54.sec10 < 1.2.54_noneautotype',
  '1.2.60.sec10 < 1.2.60_noneautotype',
  '1.2.67.sec10 < 1.2.67_noneautotype',
]
