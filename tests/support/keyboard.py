"""Somebody who works without a mouse: keys alone, and what shows him where he is."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

_SHOWN = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "nothing has the focus";
  const name = one.tagName + "#" + one.id + " " + one.textContent.trim().slice(0, 40);
  const style = getComputedStyle(one);
  if (!one.matches(":focus-visible")) return name + ": the browser shows no focus";
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return name + ": no outline";
  const box = one.getBoundingClientRect();
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  if (right - left < 1 || bottom - top < 1) return name + ": out of sight";
  for (const across of [0.1, 0.5, 0.9]) for (const down of [0.1, 0.5, 0.9]) {
    const at = document.elementFromPoint(left + (right - left) * across, top + (bottom - top) * down);
    if (at && (one.contains(at) || at.contains(one) || one.labels?.[0]?.contains(at))) return "";
  }
  return name + ": covered";
}"""
"""Why nobody can tell by looking where the focus is; empty where everybody can (WCAG 2.2, 2.4.7, 2.4.11)."""

_MOST_STEPS = 250
"""Stops on the way from one end of a page to the other, more than any page has."""


@dataclass(frozen=True)
class Keyboard:
    """The keys of one page."""

    page: Page

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self.page.keyboard.type(text)

    def go_to(self, wanted: Locator, *, back: bool = False) -> None:
        """Step on until something has the focus; at every stop it must be seen where that is."""
        wanted.wait_for()
        for _ in range(_MOST_STEPS):
            if self.is_on(wanted):
                return
            self.press("Shift+Tab" if back else "Tab")
            assert self.hidden_focus() in {"", "nothing has the focus"}, self.hidden_focus()
        raise AssertionError(f"No step of the keyboard leads to {wanted}.")

    def use(self, wanted: Locator, key: str = "Enter") -> None:
        """Step to something and press a key on it."""
        self.go_to(wanted)
        self.press(key)

    def is_on(self, wanted: Locator) -> bool:
        """Whether something has the focus."""
        return bool(wanted.evaluate("one => one === document.activeElement"))

    def hidden_focus(self) -> str:
        """Tell why nobody can see where the focus is; empty where everybody can."""
        return str(self.page.evaluate(_SHOWN))
