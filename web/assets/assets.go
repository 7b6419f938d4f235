// Package assets is what every page of Essaim shares: the look (style sheet,
// fonts, icons), the frame and the parts of pages, and the words in each
// language.
//
// Page authors bring their own templates to New and their own structs to
// Renderer.Render; the structs embed or hold a Page and the parts they show
// (Field, Card, Pager, …). A text in such a struct is final: written by people,
// or taken from the catalogue with Catalog.T. No template holds a literal word.
//
// The package knows no route but those of the frame (nav.go), no store, and
// never imports a dialect.
package assets

import "embed"

//go:embed static/css/*.css static/fonts/*.woff2 static/leaflet/* static/protomaps/* static/js/*.js static/*.svg
var staticFiles embed.FS

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed locales/*.toml
var localeFiles embed.FS

//go:embed icons/*.svg
var iconFiles embed.FS
