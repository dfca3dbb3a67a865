import type { ScanReport } from '#model/report.ts'

export interface RenderOptions {
  /** Width to fit into, in columns. */
  readonly columns: number
  readonly color: boolean
  /** Only for saying how old the data is; never part of machine-readable output. */
  readonly now: Date
}

/** One way of printing a scan. */
export interface Report {
  readonly id: string
  readonly title: string
  readonly spec: string
  /** The whole output, in pieces; machine formats end with a newline. */
  render(report: ScanReport, options: RenderOptions): Iterable<string>
}

export function defineReport(report: Report): Report {
  return report
}
