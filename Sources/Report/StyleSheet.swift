/// The look of a report. Colours are named once for light and once for dark; drawings use the same names.
let styleSheet = """
    :root { --page: #fafaf8; --surface: #ffffff; --ink: #1f2023; --muted: #63656c; --line: #e3e3de;
      --accent: 20, 86, 170; --warning: #fdf1d8;
      --c0: #2a78d6; --c1: #e2632c; --c2: #16966a; --c3: #8a5cc4; --c4: #b98300; --c5: #c8466f; }
    @media (prefers-color-scheme: dark) {
      :root { --page: #17181b; --surface: #1f2125; --ink: #e8e8e6; --muted: #a0a2a8; --line: #35373d;
        --accent: 40, 104, 190; --warning: #3d3317;
        --c0: #5a9ff0; --c1: #f08a5b; --c2: #3fbf91; --c3: #b08de0; --c4: #dca936; --c5: #e87a9c; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
    main { max-width: 1080px; margin: 0 auto; padding: 48px 24px 64px; }
    h1 { font-size: 30px; line-height: 1.2; font-weight: 650; margin: 0; overflow-wrap: anywhere; }
    h2 { font-size: 20px; font-weight: 650; margin: 48px 0 16px; }
    p { max-width: 70ch; margin: 12px 0; overflow-wrap: anywhere; }
    .subtitle { color: var(--muted); margin: 8px 0 0; }
    .warning { background: var(--warning); padding: 12px 16px; border-radius: 8px; }
    .empty { color: var(--muted); }
    footer { margin-top: 56px; padding-top: 16px; border-top: 1px solid var(--line); color: var(--muted);
      font-size: 13px; }
    .highlights { display: flex; flex-wrap: wrap; gap: 16px; margin: 28px 0; }
    .highlights div { flex: 1 1 150px; background: var(--surface); border: 1px solid var(--line); border-radius: 10px;
      padding: 16px 20px; }
    .highlights dt { color: var(--muted); font-size: 14px; }
    .highlights dd { margin: 4px 0 0; font-size: 28px; line-height: 1.2; font-weight: 650; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    caption { caption-side: top; text-align: left; font-weight: 600; padding-bottom: 10px; }
    .facts th { text-align: left; font-weight: 400; color: var(--muted); padding: 5px 32px 5px 0; vertical-align: top; }
    .facts td { padding: 5px 0; overflow-wrap: anywhere; }
    .scroll { overflow-x: auto; margin: 28px 0; }
    .card .scroll { margin: 8px 0 0; }
    .data { min-width: 420px; font-size: 15px; }
    .data th { color: var(--muted); font-weight: 600; font-size: 14px; text-align: left; }
    .data th, .data td { padding: 8px 18px 8px 0; border-bottom: 1px solid var(--line); }
    .data .number { text-align: right; }
    .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 24px;
      align-items: start; }
    .card { margin: 16px 0; background: var(--surface); border: 1px solid var(--line); border-radius: 10px;
      padding: 18px 20px; }
    .row .card { margin: 0; }
    .card > figcaption { font-weight: 600; margin-bottom: 6px; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 8px; padding: 0; list-style: none;
      font-size: 14px; color: var(--muted); }
    .legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 7px; }
    svg { display: block; width: 100%; height: auto; }
    svg text { fill: var(--muted); font-size: 12px; font-family: inherit; font-variant-numeric: tabular-nums; }
    svg .name { fill: var(--ink); font-size: 13px; }
    svg .grid { stroke: var(--line); stroke-width: 1; }
    svg .axis { stroke: var(--muted); stroke-width: 1; }
    svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    svg .spot { fill-opacity: 0; stroke: none; }
    svg .spot:hover { fill-opacity: 1; }
    .matrix { width: 100%; border-collapse: separate; border-spacing: 2px; }
    .matrix th { font-weight: 500; font-size: 13px; color: var(--muted); padding: 4px 8px; }
    .matrix th[scope=row] { text-align: right; }
    .matrix td { min-width: 68px; padding: 7px 6px; text-align: center; border-radius: 5px; line-height: 1.25; }
    .matrix td.right { font-weight: 650; }
    .matrix td.strong { color: #ffffff; }
    .matrix small { display: block; font-weight: 400; font-size: 12px; opacity: .8; }
    .images { display: grid; grid-template-columns: repeat(auto-fill, minmax(128px, 1fr)); gap: 20px 16px;
      margin: 16px 0; }
    .images figure { margin: 0; }
    .images img { display: block; width: 100%; border-radius: 8px; image-rendering: pixelated; background: var(--line); }
    .images figcaption { margin-top: 7px; font-size: 14px; line-height: 1.35; overflow-wrap: anywhere; }
    .images small { display: block; color: var(--muted); font-size: 13px; }
    @media print { body { background: #ffffff; } .card { break-inside: avoid; } }
    """
