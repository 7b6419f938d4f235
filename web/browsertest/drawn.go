package browsertest

import "testing"

// fading answers which drawings have no line and no area that stands out from the
// ground of the page. What an element of another file draws cannot be asked.
const fading = `(() => {
	const parts = colour => (colour.match(/[\d.]+/g) || []).map(Number);
	const light = colour => parts(colour).slice(0, 3).map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = light(getComputedStyle(document.documentElement).backgroundColor);
	const seen = colour => colour.startsWith("rgb") && parts(colour)[3] !== 0 &&
		(Math.max(light(colour), ground) + 0.05) / (Math.min(light(colour), ground) + 0.05) >= 3;
	const shapes = "circle, rect, path, polyline, line, polygon, use, text";
	return [...document.querySelectorAll("svg")].filter(svg => svg.checkVisibility() && !svg.parentElement.closest("svg") && svg.querySelector(shapes) &&
		![...svg.querySelectorAll(shapes)].some(s => seen(getComputedStyle(s).fill) || seen(getComputedStyle(s).stroke)))
		.map(svg => "a drawing that is not seen: " + svg.outerHTML.slice(0, 160)).slice(0, 5);
})()`

// Drawings says which drawings do not stand out from the ground of the page (WCAG
// 1.4.11), as when the colours are the system's.
func (p *Page) Drawings(t testing.TB) []string { return p.problems(t, fading) }
