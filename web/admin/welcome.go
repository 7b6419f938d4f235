package admin

import (
	_ "embed"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// welcomePath is where the set-up goes on once there is an account: each step can be
// left out and taken up again.
const welcomePath = "/admin/installation"

func (p *Pages) welcomeRoutes(r *mux.Router) {
	p.runs(r, welcomePath+"/cle", p.welcomePasskey)
	p.runs(r, welcomePath+"/logo", p.welcomeLogo)
	p.runs(r, welcomePath+"/courrier", p.welcomeMail)
	p.runs(r, welcomePath+"/reseau", p.welcomeNetwork)
	p.runs(r, welcomePath+"/contenu", p.welcomeContent)
	p.runs(r, "/admin/premiers-pas", p.hideFirstSteps)
	p.runs(r, "/admin/premiers-pas/declaration", p.readDeclaration)
}

// welcomePasskey offers a passkey.
func (p *Pages) welcomePasskey(w http.ResponseWriter, r *http.Request) error {
	const next = welcomePath + "/logo"
	if isPost(r) {
		return p.Frame.Redirect(w, r, next)
	}
	f := &form{
		top: p.admin(r, p.t(r, "setup.passkey"), "/admin"), Step: p.step(r, stepPasskey), Lead: p.t(r, "setup.passkey-lead"),
		Action: welcomePath + "/cle", Button: p.t(r, "setup.skip"),
	}
	if p.Frame.Sessions.Passkeys() {
		f.Links = []assets.Link{{Text: p.t(r, "passkey.add"), Href: "/mon-compte/cle?retour=" + next}}
	} else {
		f.Notice = &assets.Flash{Tone: "info", Text: p.t(r, "setup.passkey-off")}
	}
	return p.renderForm(w, r, f, nil)
}

// welcomeLogo offers a face for the lab.
func (p *Pages) welcomeLogo(w http.ResponseWriter, r *http.Request) error {
	const next = welcomePath + "/courrier"
	if isPost(r) {
		return p.Frame.Redirect(w, r, next)
	}
	return p.renderForm(w, r, &form{
		top: p.admin(r, p.t(r, "setup.logo"), "/admin"), Step: p.step(r, stepLogo), Lead: p.t(r, "setup.logo-lead"),
		Action: welcomePath + "/logo", Button: p.t(r, "setup.skip"),
		Links: []assets.Link{{Text: p.t(r, "setup.logo-go"), Href: logoPath + "?retour=" + next}},
	}, nil)
}

// welcomeMail sends a letter of test.
func (p *Pages) welcomeMail(w http.ResponseWriter, r *http.Request) error {
	const next = welcomePath + "/reseau"
	f := &form{
		top: p.admin(r, p.t(r, "settings.mail"), "/admin"), Step: p.step(r, stepMail), Lead: p.t(r, "settings.mail-lead"),
		Sections: []section{{Fields: []assets.Field{p.mailField(r)}}},
		Action:   welcomePath + "/courrier", Button: p.t(r, "settings.mail-test"),
		Links: []assets.Link{{Text: p.t(r, "setup.skip"), Href: next}},
	}
	if !p.Mail.On() {
		f.Lead, f.Notice = p.t(r, "doctor.mail.off"), &assets.Flash{Tone: "warn", Text: p.t(r, "doctor.mail.off-do")}
		f.Sections, f.Button, f.Links = nil, p.t(r, "setup.skip"), nil
	}
	switch {
	case !isPost(r):
		return p.renderForm(w, r, f, nil)
	case !p.Mail.On():
		return p.Frame.Redirect(w, r, next)
	}
	if err := p.tryMail(r, typed(r, "to")); err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "settings.mail-sent", "to", typed(r, "to"))
	return p.Frame.Redirect(w, r, next)
}

// welcomeNetwork asks with whom the lab exchanges.
func (p *Pages) welcomeNetwork(w http.ResponseWriter, r *http.Request) error {
	const next = welcomePath + "/contenu"
	f, err := p.networkForm(r)
	if err != nil {
		return err
	}
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	if p.Fixed {
		return p.Frame.Redirect(w, r, next)
	}
	f.fill(r)
	if err := p.chooseNetwork(r); err != nil {
		return p.renderForm(w, r, f, err)
	}
	return p.Frame.Redirect(w, r, next)
}

// The answers to the question with whom the lab exchanges.
const (
	modeOpen     = "open"
	modeFollowed = "followed"
	modeListed   = "listed"
)

var modes = []string{modeOpen, modeFollowed, modeListed}

func (p *Pages) chooseNetwork(r *http.Request) error {
	var c checks
	mode, hosts := typed(r, "mode"), hostsTyped(typed(r, "hosts"))
	c.choice("mode", mode, modes)
	if mode == modeListed {
		c.hosts("hosts", hosts)
	}
	if err := c.err(); err != nil {
		return err
	}
	deed := map[string]store.Deed{modeOpen: store.OpenNetwork, modeFollowed: store.CloseNetwork, modeListed: store.ListNetwork}[mode]
	return p.change(r, store.JournalEntry{Deed: deed}, func(tx *store.Txn) error {
		switch mode {
		case modeFollowed:
			tx.AdmitFollowed()
		case modeListed:
			return tx.AdmitOnly(hosts)
		default:
			tx.AdmitAll()
		}
		return nil
	})
}

// hostsTyped are hosts as people may type them: addresses of sites, one a line, or
// with commas between them.
func hostsTyped(text string) []string {
	hosts := strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == ';' })
	for i := range hosts {
		hosts[i] = hostIn(hosts[i])
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// hosts asks for the names of hosts, or addresses.
func (c *checks) hosts(field string, hosts []string) {
	for _, host := range hosts {
		var one checks
		if one.host(field, host); one.err() != nil {
			c.add(field, "error.host-of", map[string]any{"host": host})
			return
		}
	}
}

func (p *Pages) networkForm(r *http.Request) (*form, error) {
	mode, hosts := modeOpen, ""
	err := p.view(r, func(tx *store.Txn) error {
		if tx.FollowsOnly() {
			mode = modeFollowed
		}
		if list := tx.OnlyHosts(); list != nil {
			mode, hosts = modeListed, strings.Join(list, "\n")
		}
		return nil
	})
	f := &form{
		top: p.admin(r, p.t(r, "setup.network"), "/admin"), Step: p.step(r, stepNetwork), Lead: p.t(r, "setup.network-lead"),
		Action: welcomePath + "/reseau", Button: p.t(r, "setup.next"),
	}
	if p.Fixed {
		f.Notice = &assets.Flash{Tone: "info", Text: p.t(r, "setup.network-fixed")}
		return f, err
	}
	f.Sections = []section{{Fields: []assets.Field{{
		Name: "mode", Label: p.t(r, "setup.network-question"), Type: "radios", Value: mode, Required: true,
		Choices: []assets.Choice{
			{Value: modeOpen, Text: p.t(r, "setup.network-open"), Hint: p.t(r, "setup.network-open-hint")},
			{Value: modeFollowed, Text: p.t(r, "setup.network-followed"), Hint: p.t(r, "setup.network-followed-hint")},
			{Value: modeListed, Text: p.t(r, "setup.network-listed"), Hint: p.t(r, "setup.network-listed-hint")},
		},
	}, {Name: "hosts", Label: p.t(r, "setup.network-hosts"), Hint: p.t(r, "setup.network-hosts-hint"), Type: "textarea", Rows: 4, Value: hosts}}}}
	return f, err
}

// examples are sheets to look at, each marked as an example, for the team alone.
//
//go:embed examples.csv
var examples []byte

const examplesName = "exemples.csv"

// welcomeContent begins with something: a file, examples, or nothing.
func (p *Pages) welcomeContent(w http.ResponseWriter, r *http.Request) error {
	f := &form{
		top: p.admin(r, p.t(r, "setup.content"), "/admin"), Step: p.step(r, stepContent), Lead: p.t(r, "setup.content-lead"),
		Sections: []section{{Fields: []assets.Field{{
			Name: "content", Label: p.t(r, "setup.content-question"), Type: "radios", Value: "nothing", Required: true,
			Choices: []assets.Choice{
				{Value: "import", Text: p.t(r, "setup.content-import"), Hint: p.t(r, "setup.content-import-hint")},
				{Value: "examples", Text: p.t(r, "setup.content-examples"), Hint: p.t(r, "setup.content-examples-hint")},
				{Value: "nothing", Text: p.t(r, "setup.content-nothing")},
			},
		}}}},
		Action: welcomePath + "/contenu", Button: p.t(r, "setup.end"),
	}
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	switch typed(r, "content") {
	case "import":
		return p.Frame.Redirect(w, r, importsPath)
	case "examples":
		if err := p.bringExamples(r); err != nil {
			return err
		}
		p.Frame.Flash(r, "ok", "setup.examples-done")
	default:
		p.Frame.Flash(r, "ok", "setup.done")
	}
	return p.Frame.Redirect(w, r, "/admin")
}

// bringExamples imports the examples, as a file would be: the import undoes them.
func (p *Pages) bringExamples(r *http.Request) error {
	i, err := p.desk().Open(r.Context(), p.Frame.Viewer(r), store.KindOf("experiment"), examplesName, examples)
	if err != nil {
		return err
	}
	return p.desk().Start(r.Context(), i.ID)
}
