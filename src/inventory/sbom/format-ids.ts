/** Formats that a bill of materials can be written in. */
export const sbomFormatIds = ['cyclonedx-json', 'cyclonedx-xml', 'spdx-json', 'spdx-tag-value', 'spdx3-json'] as const
export type SbomFormatId = (typeof sbomFormatIds)[number]
