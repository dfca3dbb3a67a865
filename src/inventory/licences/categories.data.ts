/**
 * What a licence asks of whoever passes the software on, by identifier of the SPDX licence list. Our own reading, no
 * legal advice. What is in none of the lists is `unknown`.
 */

/** From what asks least to what asks most; what is not known may ask anything. */
export const categories = [
  'public-domain',
  'permissive',
  'weak-copyleft',
  'strong-copyleft',
  'network-copyleft',
  'proprietary',
  'unknown',
] as const
export type LicenceCategory = (typeof categories)[number]

/** Without `-only` and `-or-later`. */
export const members: Readonly<Record<Exclude<LicenceCategory, 'unknown'>, string>> = {
  /** Rights given up. */
  'public-domain': `
    ANTLR-PD ANTLR-PD-fallback CC-PDDC CC-PDM-1.0 CC0-1.0 DL-DE-ZERO-2.0 NCBI-PD NIST-PD NIST-PD-fallback NIST-PD-TNT
    NTIA-PD PDDL-1.0 SAX-PD SAX-PD-2.0 Unlicense Unlicense-libtelnet Unlicense-libwhirlpool blessing`,

  /** At most: keep the notices. */
  permissive: `
    0BSD MIT-0 WTFPL AAL ADSL AFL-1.1 AFL-1.2 AFL-2.0 AFL-2.1 AFL-3.0 AMD-newlib AMDPLPA AML AML-glslang AMPAS APAFML Abstyles Adobe-2006
    Adobe-Display-PostScript Adobe-Glyph Adobe-Utopia Afmparse Apache-1.0 Apache-1.1 Apache-2.0 App-s2p Artistic-1.0
    Artistic-1.0-Perl Artistic-1.0-cl8 Artistic-2.0 Artistic-dist BOLA-1.1 BSD-1-Clause BSD-2-Clause BSD-2-Clause-Darwin
    BSD-2-Clause-FreeBSD BSD-2-Clause-NetBSD BSD-2-Clause-Patent BSD-2-Clause-Views BSD-2-Clause-first-lines
    BSD-2-Clause-pkgconf-disclaimer BSD-2-Clause-pos-unchanged BSD-3-Clause BSD-3-Clause-Attribution BSD-3-Clause-Clear
    BSD-3-Clause-HP BSD-3-Clause-LBNL BSD-3-Clause-Modification BSD-3-Clause-No-Nuclear-Warranty BSD-3-Clause-Open-MPI
    BSD-3-Clause-Sun BSD-3-Clause-Tso BSD-3-Clause-acpica BSD-3-Clause-flex BSD-4-Clause BSD-4-Clause-Shortened
    BSD-4-Clause-UC BSD-4.3RENO BSD-4.3TAHOE BSD-Advertising-Acknowledgement BSD-Attribution-HPND-disclaimer
    BSD-Inferno-Nettverk BSD-Mark-Modifications BSD-Source-Code BSD-Source-Code-no-disclaimer BSD-Source-beginning-file
    BSD-Systemics BSD-Systemics-W3Works BSD-ask-to-endorse BSL-1.0 Bahyph Barr Beerware Bitstream-Charter Bitstream-Vera
    BlueOak-1.0.0 Boehm-GC Boehm-GC-without-fee Borceux Brian-Gladman-2-Clause Brian-Gladman-3-Clause
    Brian-Gladman-3-Clause-no-conversion Buddy CC-BY-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-2.5-AU CC-BY-3.0 CC-BY-3.0-AT
    CC-BY-3.0-AU CC-BY-3.0-DE CC-BY-3.0-IGO CC-BY-3.0-NL CC-BY-3.0-US CC-BY-4.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0
    CECILL-B CERN-OHL-P-2.0 CFITSIO CMU-Mach CMU-Mach-nodoc CNRI-Jython CNRI-Python CNRI-Python-GPL-Compatible COIL-1.0
    Catharon Clips Condor-1.1 Cornell-Lossless-JPEG Cronyx Crossword CrystalStacker Cube DEC-3-Clause DL-DE-BY-2.0 DOC
    DRL-1.0 DRL-1.1 DSDP Dotseqn ECL-1.0 ECL-2.0 EFL-1.0 EFL-2.0 EPICS ESA-PL-permissive-2.4 EUDatagrid Entessa FBM
    FSFAP FSFAP-no-warranty-disclaimer FSFUL FSFULLR FSFULLRSD FSFULLRWD FTL Fair Ferguson-Twofish FreeBSD-DOC Furuseth
    GD GLWTPL Game-Programming-Gems Giftware Glulxe Graphics-Gems Gutmann HDF5 HIDAPI HP-1986 HP-1989 HPND HPND-DEC
    HPND-Fenneberg-Livingston HPND-INRIA-IMAG HPND-Intel HPND-Kevlin-Henney HPND-MIT-disclaimer HPND-Markus-Kuhn
    HPND-Netrek HPND-Pbmplus HPND-SMC HPND-UC HPND-UC-export-US HPND-doc HPND-doc-sell HPND-export-US
    HPND-export-US-acknowledgement HPND-export-US-modify HPND-export2-US HPND-merchantability-variant
    HPND-sell-MIT-disclaimer-xserver HPND-sell-regexpr HPND-sell-variant HPND-sell-variant-MIT-disclaimer
    HPND-sell-variant-MIT-disclaimer-rev HPND-sell-variant-critical-systems HTMLTIDY HaskellReport IBM-pibs ICU IJG
    IJG-short ISC ISC-Veillard ImageMagick Info-ZIP Inner-Net-2.0 Intel Intel-ACPI JPNIC Jam JasPer-2.0 Kastrup Kazlib
    LOOP LPD-document LZMA-SDK-9.11-to-9.20 LZMA-SDK-9.22 Latex2e Latex2e-translated-notice Leptonica Libpng
    Linux-OpenIB Linux-man-pages-1-para MIPS MIT MIT-CMU MIT-Click MIT-Festival MIT-Khronos-old MIT-Modern-Variant
    MIT-STK MIT-Wu MIT-advertising MIT-enna MIT-feh MIT-open-group MIT-testregex MITNFA MMIXware MPEG-SSG MS-PL MTLL
    Mackerras-3-Clause Mackerras-3-Clause-acknowledgment MakeIndex Martin-Birgmeier McPhee-slideshow Minpack MirOS
    MulanPSL-1.0 MulanPSL-2.0 Multics Mup NAIST-2003 NCGL-UK-2.0 NCSA NICTA-1.0 NIST-Software NLOD-1.0 NLOD-2.0 NLPL NRL
    NTP NTP-0 Naumen Net-SNMP NetCDF Newsletr Noweb O-UDA-1.0 C-UDA-1.0 OAR ODC-By-1.0 OFFIS OGC-1.0 OGDL-Taiwan-1.0
    OGL-Canada-2.0 OGL-UK-1.0 OGL-UK-2.0 OGL-UK-3.0 OGTSL OLDAP-1.1 OLDAP-1.2 OLDAP-1.3 OLDAP-1.4 OLDAP-2.0 OLDAP-2.0.1
    OLDAP-2.1 OLDAP-2.2 OLDAP-2.2.1 OLDAP-2.2.2 OLDAP-2.3 OLDAP-2.4 OLDAP-2.5 OLDAP-2.6 OLDAP-2.7 OLDAP-2.8 OLFL-1.3 OML
    OPUBL-1.0 OSSP OpenMDW-1.0 OpenSSL OpenSSL-standalone OpenVision PADL PHP-3.0 PHP-3.01 PSF-2.0 Pixar Plexus
    PostgreSQL Python-2.0 Python-2.0.1 Qhull RSA-MD Rdisc Ruby Ruby-pty SGI-B-1.0 SGI-B-1.1 SGI-B-2.0 SGI-OpenGL SGP4 SL
    SMLNJ SMPPL SNIA SSH-OpenSSH SSH-short SSLeay-standalone SWL Saxpath SchemeReport Sendmail-Open-Source-1.1 Soundex
    Spencer-86 Spencer-94 Spencer-99 StandardML-NJ Sun-PPP Sun-PPP-2000 SunPro Symlinks TCL TCP-wrappers TPDL TTWL TTYP0
    TU-Berlin-1.0 TU-Berlin-2.0 TermReadKey ThirdEye TrustedQSL UCAR UMich-Merit UPL-1.0 URT-RLE Unicode-3.0
    Unicode-DFS-2015 Unicode-DFS-2016 UnixCrypt VSL-1.0 Vixie-Cron W3C W3C-19980720 W3C-20150513 WTFNMFPL
    Widget-Workshop WordNet Wsuipa X11 X11-distribute-modifications-variant X11-no-permit-persons X11-swapped
    XFree86-1.1 XSkat Xdebug-1.03 Xerox Xfig Xnet ZPL-1.1 ZPL-2.0 ZPL-2.1 Zed Zeeff Zend-2.0 Zlib bcrypt-Solar-Designer
    bzip2-1.0.5 bzip2-1.0.6 check-cvs checkmk curl cve-tou diffmark dtoa dvipdfm eGenix etalab-2.0 fwlw generic-xts
    gnuplot gtkbook hdparm hyphen-bulgarian iMatix jove libpng-1.6.35 libpng-2.0 libselinux-1.0 libtiff
    libutil-David-Nugent lsof magaz mailprio man2html metamail mpi-permissive mpich2 mplus ngrep pkgconf pnmstitch
    psfrag psutils python-ldap radvd snprintf softSurfer ssh-keyscan swrule threeparttable ulem w3m wwl xinetd
    xkeyboard-config-Zinoviev xlock xpp xzoom zlib-acknowledgement Nunit`,

  /** Changes to the files or to the library itself must be passed on under it; what uses them need not. */
  'weak-copyleft': `
    APSL-1.0 APSL-1.1 APSL-1.2 APSL-2.0 BitTorrent-1.0 BitTorrent-1.1 CATOSL-1.1 CDDL-1.0 CDDL-1.1 CDLA-Sharing-1.0
    CECILL-C CERN-OHL-W-2.0 CPL-1.0 CUA-OPL-1.0 EPL-1.0 EPL-2.0 EUPL-1.0 EUPL-1.1 EUPL-1.2 ErlPL-1.1 ESA-PL-weak-copyleft-2.4
    Frameworx-1.0 FreeImage IPL-1.0 Imlib2 Interbase-1.0 LGPL-2.0 LGPL-2.1 LGPL-3.0 LGPL-2.0+ LGPL-2.1+ LGPL-3.0+ LGPLLR
    LPL-1.0 LPL-1.02 LPPL-1.0 LPPL-1.1 LPPL-1.2 LPPL-1.3a LPPL-1.3c LiLiQ-R-1.1 MPL-1.0 MPL-1.1 MPL-2.0
    MPL-2.0-no-copyleft-exception MS-RL Motosoto NASA-1.3 NBPL-1.0 NOSL NPL-1.0 NPL-1.1 Nokia OCCT-PL OCLC-2.0 ODbL-1.0
    OFL-1.0 OFL-1.0-RFN OFL-1.0-no-RFN OFL-1.1 OFL-1.1-RFN OFL-1.1-no-RFN OPL-1.0 OSET-PL-2.1 RPSL-1.0 RSCPL SISSL
    SISSL-1.2 SPL-1.0 SugarCRM-1.1.3 Ubuntu-font-1.0 Vim YPL-1.0 Zimbra-1.3 Zimbra-1.4 YPL-1.1 gSOAP-1.3b wxWindows`,

  /** What is built with it must be passed on under it. */
  'strong-copyleft': `
    Arphic-1999 BSD-Protection CC-BY-SA-1.0 CC-BY-SA-2.0 CC-BY-SA-2.0-UK CC-BY-SA-2.1-JP CC-BY-SA-2.5 CC-BY-SA-3.0
    CC-BY-SA-3.0-AT CC-BY-SA-3.0-DE CC-BY-SA-3.0-IGO CC-BY-SA-4.0 CC-SA-1.0 CECILL-1.0 CECILL-1.1 CECILL-2.0 CECILL-2.1
    CERN-OHL-1.1 CERN-OHL-1.2 CERN-OHL-S-2.0 ClArtistic D-FSL-1.0 ESA-PL-strong-copyleft-2.4 GCR-docs GFDL-1.1 GFDL-1.2
    GFDL-1.3 GFDL-1.1-invariants GFDL-1.1-no-invariants GFDL-1.2-invariants GFDL-1.2-no-invariants GFDL-1.3-invariants
    GFDL-1.3-no-invariants GL2PS GPL-1.0 GPL-2.0 GPL-3.0 GPL-1.0+ GPL-2.0+ GPL-3.0+ GPL-2.0-with-GCC-exception
    GPL-2.0-with-autoconf-exception GPL-2.0-with-bison-exception GPL-2.0-with-classpath-exception
    GPL-2.0-with-font-exception GPL-3.0-with-GCC-exception GPL-3.0-with-autoconf-exception IPA LAL-1.2 LAL-1.3
    LiLiQ-Rplus-1.1 Linux-man-pages-copyleft Linux-man-pages-copyleft-2-para Linux-man-pages-copyleft-var NGPL
    QPL-1.0 RHeCos-1.1 SMAIL-GPL SimPL-2.0 Sleepycat TAPR-OHL-1.0 TGPPL-1.0 TPL-1.0 copyleft-next-0.3.0
    copyleft-next-0.3.1 eCos-2.0 Sendmail`,

  /** As strong, and using it over a network counts as passing it on. */
  'network-copyleft': `
    AGPL-1.0 AGPL-3.0 APL-1.0 CAL-1.0 CAL-1.0-Combined-Work-Exception CPAL-1.0 NPOSL-3.0 OSL-1.0 OSL-1.1 OSL-2.0 OSL-2.1
    OSL-3.0 Parity-6.0.0 Parity-7.0.0 RPL-1.1 RPL-1.5 Watcom-1.0`,

  /** Source may be there, but some use is forbidden or must be paid for: no licence of open source. */
  proprietary: `
    Aladdin BSD-3-Clause-No-Military-License BSD-3-Clause-No-Nuclear-License BSD-3-Clause-No-Nuclear-License-2014
    BSD-3-Clause-OpenWebUI BUSL-1.1 CC-BY-NC-1.0 CC-BY-NC-2.0 CC-BY-NC-2.5 CC-BY-NC-3.0 CC-BY-NC-3.0-DE CC-BY-NC-3.0-IGO
    CC-BY-NC-4.0 CC-BY-NC-ND-1.0 CC-BY-NC-ND-2.0 CC-BY-NC-ND-2.5 CC-BY-NC-ND-3.0 CC-BY-NC-ND-3.0-DE CC-BY-NC-ND-3.0-IGO
    CC-BY-NC-ND-4.0 CC-BY-NC-SA-1.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-2.0-DE CC-BY-NC-SA-2.0-FR CC-BY-NC-SA-2.0-UK
    CC-BY-NC-SA-2.5 CC-BY-NC-SA-3.0 CC-BY-NC-SA-3.0-DE CC-BY-NC-SA-3.0-IGO CC-BY-NC-SA-4.0 CC-BY-ND-1.0 CC-BY-ND-2.0
    CC-BY-ND-2.5 CC-BY-ND-3.0 CC-BY-ND-3.0-DE CC-BY-ND-4.0 CPOL-1.02 Elastic-2.0 FSL-1.1-ALv2 FSL-1.1-MIT
    Hippocratic-2.1 Hippocratic-3.0-core IEC-Code-Components-EULA JPL-image JSON MS-LPL
    PolyForm-Noncommercial-1.0.0 PolyForm-Small-Business-1.0.0 SSPL-1.0 SUL-1.0 TMate UnRAR`,
}

/** Exceptions with which what merely uses the software is free. */
export const linkingExceptions: ReadonlySet<string> = new Set(
  `389-exception Autoconf-exception-2.0 Autoconf-exception-3.0 Autoconf-exception-generic Autoconf-exception-generic-3.0
  Autoconf-exception-macro Bison-exception-1.24 Bison-exception-2.2 Bootloader-exception Classpath-exception-2.0
  CLISP-exception-2.0 eCos-exception-2.0 FLTK-exception Font-exception-2.0 freertos-exception-2.0 GCC-exception-2.0
  GCC-exception-2.0-note GCC-exception-3.1 GNAT-exception GNU-compiler-exception gnu-javamail-exception
  GPL-3.0-linking-exception GPL-3.0-linking-source-exception LGPL-3.0-linking-exception Libtool-exception
  Linux-syscall-note LLGPL OCaml-LGPL-linking-exception OpenJDK-assembly-exception-1.0 Qt-GPL-exception-1.0
  Qt-LGPL-exception-1.1 Texinfo-exception u-boot-exception-2.0 WxWindows-exception-3.1`.split(/\s+/),
)

/** Names that are no licence of the list and tell their category all the same. Keys as `nameKey` makes them. */
export const namedCategories: ReadonlyMap<string, LicenceCategory> = new Map([
  ['public domain', 'public-domain'],
  ['bsd', 'permissive'],
  ['bsd style', 'permissive'],
  ['bsd like', 'permissive'],
  ['mit style', 'permissive'],
  ['mit like', 'permissive'],
  ['apache', 'permissive'],
  ['apache software', 'permissive'],
  ['artistic', 'permissive'],
  ['perl artistic', 'permissive'],
  ['python software foundation', 'permissive'],
  ['psf', 'permissive'],
  ['lgpl', 'weak-copyleft'],
  ['lgpl 2', 'weak-copyleft'],
  ['lgpl 2+', 'weak-copyleft'],
  ['lgpl+', 'weak-copyleft'],
  ['gnu library or lgpl', 'weak-copyleft'],
  ['gnu library or lgpl lgpl', 'weak-copyleft'],
  ['mpl', 'weak-copyleft'],
  ['epl', 'weak-copyleft'],
  ['cddl', 'weak-copyleft'],
  ['gpl', 'strong-copyleft'],
  ['gpl+', 'strong-copyleft'],
  ['gfdl', 'strong-copyleft'],
  ['agpl', 'network-copyleft'],
  ['proprietary', 'proprietary'],
  ['commercial', 'proprietary'],
  ['other proprietary', 'proprietary'],
  ['unlicensed', 'proprietary'],
])
