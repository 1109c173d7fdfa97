#!/usr/bin/env python3
"""Opens a run's index.html in headless Chromium and works with it as a person would.

    apt-get install chromium; pip install playwright
    Tests/Reports/check-page.py RUN [FOLDER]

RUN is a folder that cg-train left, with two sample grids or more. FOLDER gets screenshots of the page:
light, dark, and as narrow as a telephone. CHROMIUM names another browser than /usr/bin/chromium.
Exits 0 if nothing failed: no error on the console, nothing loaded from elsewhere, curves drawn, the
slider changes the image, and its position is kept when the page is reloaded.
"""
import os
import pathlib
import sys

from playwright.sync_api import sync_playwright


def open_page(browser, address, errors, requests, **context):
    page = browser.new_context(**context).new_page()
    page.on("console", lambda message: errors.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: errors.append(f"script: {error}"))
    page.on("requestfailed", lambda request: errors.append(f"not loaded: {request.url}"))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    return page


def shown(page):
    """The step the page names, and the image it shows, which must be loaded."""
    page.wait_for_function("document.getElementById('sample').complete")
    assert page.evaluate("document.getElementById('sample').naturalWidth") > 0, "no image"
    source = page.get_attribute("#sample", "src")
    return page.inner_text("#step"), source


def check_curves(page):
    lines = page.eval_on_selector_all(
        "polyline", "all => all.map(one => [one.getTotalLength(), getComputedStyle(one).stroke])")
    assert lines, "no curves"
    assert all(length > 10 and stroke != "none" for length, stroke in lines), "an empty curve"
    outside = page.evaluate("""() => [...document.querySelectorAll('svg')].filter(svg => {
      const all = svg.getBoundingClientRect();
      return [...svg.querySelectorAll('text,polyline')].some(one => {
        const box = one.getBoundingClientRect();
        return box.left < all.left - 1 || box.right > all.right + 1;
      });
    }).length""")
    assert outside == 0, f"{outside} charts are cut off"
    return len(lines)


def check_slider(page):
    steps = page.get_attribute("#slider", "data-steps").split(" ")
    assert len(steps) > 1, "one grid only"
    path = lambda step: (step, f"samples/{step:0>8}.png")
    assert shown(page) == path(steps[-1]), "not the newest"
    page.focus("#slider")
    page.keyboard.press("ArrowLeft")
    assert shown(page) == path(steps[-2]), "the slider does not move"
    page.reload()
    assert shown(page) == path(steps[-2]), "the position is lost"
    page.focus("#slider")
    page.keyboard.press("Home")
    assert shown(page) == path(steps[0]), "not the first"
    page.keyboard.press("End")
    page.reload()
    assert shown(page) == path(steps[-1]), "does not follow the newest"
    return len(steps)


def main(run, folder=None):
    address = (pathlib.Path(run).resolve() / "index.html").as_uri()
    errors, requests = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        kinds = {
            "light": {"viewport": {"width": 1150, "height": 900}},
            "dark": {"viewport": {"width": 1150, "height": 900}, "color_scheme": "dark"},
            "narrow": {"viewport": {"width": 390, "height": 800}},
        }
        grounds = set()
        for name, context in kinds.items():
            page = open_page(browser, address, errors, requests, **context)
            curves, grids = check_curves(page), check_slider(page)
            grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, f"{name}: wider than the window"
            if folder:
                page.screenshot(path=f"{folder}/{name}.png", full_page=True)
        assert len(grounds) == 2, "dark is as light"
        browser.close()
    base = address.rsplit("/", 1)[0] + "/"
    elsewhere = [url for url in requests if not url.startswith(base)]
    assert not elsewhere, f"loaded from elsewhere: {elsewhere}"
    assert not errors, "\n".join(errors)
    print(f"{run}: {curves} curves, {grids} grids, no errors")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
