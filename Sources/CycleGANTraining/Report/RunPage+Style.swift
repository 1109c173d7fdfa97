extension RunPage {
  /// Light or dark as the reader has it.
  static let style = """
    :root{color-scheme:light dark;--ink:#1b1f24;--faint:#667;--line:#d8dce2;--ground:#fff;\
    --alarm:#c2185b;--c0:#1f6fd0;--c1:#d9660a;--c2:#2a8a4a;--c3:#8a4fc0}
    @media(prefers-color-scheme:dark){:root{--ink:#e4e7eb;--faint:#9aa3ad;--line:#343b44;\
    --ground:#15181c;--alarm:#ff6b9d;--c0:#6aaeff;--c1:#ffa25c;--c2:#6fd08c;--c3:#c49bf0}}
    body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--ground);\
    max-width:1100px;margin:0 auto;padding:1rem}
    h1{font-size:1.3rem;margin:0 0 .5rem;overflow-wrap:anywhere}
    h2{font-size:1.05rem;margin:1.6rem 0 .5rem}p{margin:.3rem 0}
    progress,#slider{width:100%;accent-color:var(--c0)}
    figure{margin:0}figcaption{font-size:.85rem;color:var(--faint)}
    figcaption b{color:var(--ink);margin-right:.6em}figcaption span{margin-right:.6em}
    .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));gap:1.1rem}
    .sample img{display:block;width:100%;max-width:768px}
    svg{display:block;width:100%}svg text{font-size:15px;fill:var(--faint)}
    .grid{stroke:var(--line)}.alarm{stroke:var(--alarm);stroke-dasharray:3 3}
    polyline{fill:none;stroke-width:1.5;stroke-linejoin:round}polygon{opacity:.22}
    span.c0{color:var(--c0)}polyline.c0{stroke:var(--c0)}polygon.c0,circle.c0{fill:var(--c0)}
    span.c1{color:var(--c1)}polyline.c1{stroke:var(--c1)}polygon.c1,circle.c1{fill:var(--c1)}
    span.c2{color:var(--c2)}polyline.c2{stroke:var(--c2)}polygon.c2,circle.c2{fill:var(--c2)}
    span.c3{color:var(--c3)}polyline.c3{stroke:var(--c3)}polygon.c3,circle.c3{fill:var(--c3)}
    table{border-collapse:collapse;font-size:.85rem}th{text-align:left}
    td,th{padding:.1rem .8rem .1rem 0;vertical-align:top;overflow-wrap:anywhere}
    #alarms td:first-child{color:var(--alarm)}
    .options{columns:330px}.options table{margin-bottom:.8rem}
    """

  /// Moves through the grids, and loads the page again while the run is not finished.
  ///
  /// The progress of the slider is kept behind the address's #, which every browser lets a file change.
  /// No character here means something in XML.
  static let script = """
    'use strict';
    const slider = document.getElementById('slider');
    const steps = slider ? slider.dataset.steps.split(' ') : [];
    let touched = 0;
    function show() {
      const step = steps[slider.value];
      document.getElementById('step').textContent = step;
      document.getElementById('sample').src = 'samples/' + step.padStart(8, '0') + '.png';
    }
    if (slider) {
      const chosen = steps.indexOf(location.hash.slice(1));
      if (chosen !== -1) slider.value = chosen;
      else slider.value = steps.length - 1;
      show();
      slider.oninput = () => {
        touched = Date.now();
        show();
        const isNewest = Number(slider.value) === steps.length - 1;
        location.replace('#' + (isNewest ? 'newest' : steps[slider.value]));
      };
    }
    if (document.documentElement.dataset.state !== 'finished') {
      setInterval(() => {
        if (!document.hidden) if (Date.now() - touched > 5000) location.reload();
      }, 30000);
    }
    """
}
