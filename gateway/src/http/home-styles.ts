/** Styles of the home page. Two columns where there is room, one on a phone; colours follow the system's choice of light or dark. */
export const homeStyles = `
:root{--page:#f4f5f2;--ink:#16211d;--soft:#5b6863;--line:#d5dbd6;--rule:#16211d;--accent:#0a6350;--wash:#e6ece8;--warn:#a8640a;--bad:#c22f22}
@media (prefers-color-scheme:dark){:root{--page:#0f1513;--ink:#e9efeb;--soft:#93a29b;--line:#27322d;--rule:#e9efeb;--accent:#67d6b6;--wash:#18211d;--warn:#e6ab4a;--bad:#ff7a68}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:62rem;margin:0 auto;padding:clamp(2rem,8vh,6rem) clamp(1.25rem,5vw,3rem) 3rem;display:grid;gap:2.75rem clamp(2.5rem,7vw,6rem)}
@media (min-width:52rem){main{grid-template-columns:minmax(14rem,1fr) minmax(0,1.7fr)}header{position:sticky;top:clamp(2rem,8vh,6rem);align-self:start}}
.marks{display:block;overflow:visible;height:clamp(3.5rem,9vw,5rem);margin:0 0 1.5rem -.1rem;fill:none;stroke:var(--ink);stroke-width:3.4;stroke-linecap:round}
.marks .degraded{stroke:var(--warn)}
.marks .down{stroke:var(--bad);stroke-dasharray:1 7}
h1{margin:0;font-size:clamp(2.75rem,8vw,4.25rem);font-weight:700;letter-spacing:-.045em;line-height:1}
.version{margin:.6rem 0 0;color:var(--soft);font-variant-numeric:tabular-nums}
.state{margin:1.5rem 0 0;max-width:20rem;font-size:1.125rem;line-height:1.4;text-wrap:balance}
.state.degraded{color:var(--warn)}
.state.down{color:var(--bad)}
section+section{margin-top:2.75rem}
h2{margin:0;padding-bottom:.6rem;border-bottom:1.5px solid var(--rule);font-size:1rem;font-weight:600}
ul{list-style:none;margin:0;padding:0}
li,tr{border-bottom:1px solid var(--line)}
.doors a{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 1rem;padding:.8rem 0;color:var(--ink);text-decoration:none}
.doors b{font-weight:600;color:var(--accent)}
.doors code{margin-left:auto;color:var(--soft)}
.doors a:hover,.doors a:focus-visible{background:var(--wash);box-shadow:-.75rem 0 0 var(--wash),.75rem 0 0 var(--wash);outline:none}
.doors a:hover b,.doors a:focus-visible b{text-decoration:underline;text-underline-offset:.2em}
.parts{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));column-gap:2rem}
.parts li{display:flex;align-items:baseline;justify-content:space-between;padding:.55rem 0}
.parts span{font-size:.9rem;color:var(--soft)}
.parts .degraded{color:var(--warn)}
.parts .down{color:var(--bad);font-weight:600}
table{width:100%;border-collapse:collapse}
td{padding:.6rem 0;vertical-align:baseline}
td+td{padding-left:1rem;text-align:right}
.role{text-transform:lowercase}
.role::first-letter{text-transform:uppercase}
.note{margin:.8rem 0 0;color:var(--soft)}
.note code{display:inline-block;color:var(--ink)}
code{font:.9em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
td code,.note code{user-select:all}
`;
