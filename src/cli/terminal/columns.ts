/** Lines with aligned columns; a column whose cells all look like numbers is aligned to the right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(0, ...rows.map((row) => row.length))
  const sizes = Array.from({ length: width }, (_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)))
  const isNumeric = sizes.map((_, index) => rows.slice(1).every((row) => /^[\d,]{1,20}$/.test(row[index] ?? '')))
  return rows.map((row) =>
    row
      .map((cell, index) =>
        isNumeric[index] === true ? cell.padStart(sizes[index] ?? 0) : cell.padEnd(sizes[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}
