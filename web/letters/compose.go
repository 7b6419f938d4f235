package letters

import (
	"strings"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
	texttemplate "github.com/DataDog/datadog-agent/pkg/template/text"

	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
)

// letter is a letter in its parts. All texts are final, all addresses whole.
type letter struct {
	To, Subject string
	Lang        assets.Lang
	Title       string
	Sections    []section
	Why         string      // why it comes
	Stop        assets.Link // ends letters like this one
	Manage      assets.Link // where everything else is chosen
}

// section is a stretch of a letter; one without a title is the only one.
type section struct {
	Title string
	Lines []line
	More  string // what is left out; empty: nothing
}

// line is one thing that a letter tells.
type line struct{ Text, Detail, Href string }

// message writes the letter as text and as HTML that loads nothing from anywhere.
func (l *letter) message() (mail.Message, error) {
	var text, page strings.Builder
	if err := plainLetter.Execute(&text, l); err != nil {
		return mail.Message{}, err
	}
	if err := htmlLetter.Execute(&page, l); err != nil {
		return mail.Message{}, err
	}
	return mail.Message{To: l.To, Subject: l.Subject, Text: text.String(), HTML: page.String(), Unsubscribe: l.Stop.Href}, nil
}

var plainLetter = texttemplate.Must(texttemplate.New("").Parse(`{{.Title}}
{{range .Sections}}{{with .Title}}
{{.}}
{{end}}{{range .Lines}}
* {{.Text}}{{with .Detail}}
  {{.}}{{end}}{{with .Href}}
  {{.}}{{end}}
{{end}}{{with .More}}
{{.}}
{{end}}{{end}}
-- 
{{.Why}}
{{.Stop.Text}} {{.Stop.Href}}
{{.Manage.Text}} {{.Manage.Href}}
`))

var htmlLetter = template.Must(template.New("").Parse(`<!doctype html>
<html lang="{{.Lang}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>{{.Subject}}</title></head>
<body style="font:16px/1.55 sans-serif;max-width:38em;margin:1em auto;padding:0 1em">
<h1 style="font-size:1.4em">{{.Title}}</h1>
{{range .Sections}}{{with .Title}}<h2 style="font-size:1.15em">{{.}}</h2>
{{end}}<ul>
{{range .Lines}}<li>{{if .Href}}<a href="{{.Href}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}{{with .Detail}}<br>{{.}}{{end}}</li>
{{end}}</ul>
{{with .More}}<p>{{.}}</p>
{{end}}{{end}}<hr>
<p>{{.Why}}</p>
<p><a href="{{.Stop.Href}}">{{.Stop.Text}}</a><br><a href="{{.Manage.Href}}">{{.Manage.Text}}</a></p>
</body>
</html>
`))
