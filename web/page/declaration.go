package page

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// declaration gathers the sections of a page of the law.
type declaration struct {
	*ask
	said     *store.Statements
	lab      string // its name and address
	sections []section
}

func (a *ask) declaration(site assets.Site) (*declaration, error) {
	d := &declaration{ask: a, lab: site.Name + " (" + site.Handle + ")"}
	err := a.view(func(tx *store.Txn) error {
		d.said = tx.Statements()
		return nil
	})
	return d, err
}

// add adds a section in the words of key, if there is anything to say in it: texts
// that are a sentence each, then points.
func (d *declaration) add(key, text string, points ...string) *section {
	said := section{Title: d.t(key + ".title"), Text: text}
	for _, p := range points {
		for line := range strings.Lines(p) {
			if line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "-•")); line != "" {
				said.Points = append(said.Points, line)
			}
		}
	}
	if text == "" && len(said.Points) == 0 {
		return &said
	}
	d.sections = append(d.sections, said)
	return &d.sections[len(d.sections)-1]
}

// point is a labelled fact; empty without one.
func (d *declaration) point(key, value string) string {
	if value == "" {
		return ""
	}
	return d.t(key, "value", strings.Join(strings.Fields(value), " "))
}

// accessibility is the declaration of accessibility, in the order and the words of
// the model that goes with the order of 20 September 2019 (RGAA).
func (p *Pages) accessibility(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	page := a.page(a.t("accessibility.title"), "")
	d, err := a.declaration(page.Site)
	if err != nil {
		return err
	}
	now := p.Node.Store.Now()
	publisher := cmp.Or(d.said.Publisher, d.lab)
	plan := d.add("accessibility.pledge", d.t("accessibility.pledge.text", "publisher", publisher, "site", page.Site.BaseURL))
	if d.said.Scheme != "" {
		plan.Links = []assets.Link{{Text: d.t("accessibility.scheme"), Href: d.said.Scheme}}
	}
	d.add("accessibility.status", d.t("accessibility.status."+string(d.said.Conformity(now)), "site", page.Site.Name))
	if d.said.Audited(now) {
		d.audit()
	}
	d.made()
	d.add("accessibility.done", d.t("accessibility.done.text"))
	d.contact()
	return p.Frame.Render(w, r, http.StatusOK, "about.html", aboutPage{Page: page, Sections: d.sections})
}

// audit is what an audit found.
func (d *declaration) audit() {
	auditor := cmp.Or(d.said.Auditor, d.lab)
	d.add("accessibility.results", d.t("accessibility.results.text", "auditor", auditor, "date", d.day(d.said.AuditDate), "rate", d.percent(d.said.Rate)),
		d.point("accessibility.average", d.percent(d.said.Average)))
	d.add("accessibility.failures", "", d.said.Failures)
	d.add("accessibility.burdens", "", d.said.Burdens)
	d.add("accessibility.exempt", "", d.said.Exempt)
}

// made says when and with what the declaration was made.
func (d *declaration) made() {
	declared := ""
	if d.said.Declared != "" {
		declared = d.t("accessibility.declared", "date", d.day(d.said.Declared), "updated", d.lang.Date(d.said.Updated))
	}
	d.add("accessibility.made", declared, d.t("accessibility.technologies"),
		d.point("accessibility.environments", d.said.Environments), d.point("accessibility.tools", d.said.Tools))
	d.add("accessibility.sample", "", d.said.Sample)
}

// contact says where to turn to, and then whom to.
func (d *declaration) contact() {
	help := d.add("accessibility.contact", d.t("accessibility.contact.text", "contact", cmp.Or(d.said.Contact, d.lab)))
	if d.said.ContactForm != "" {
		help.Links = append(help.Links, assets.Link{Text: d.t("accessibility.contact-form"), Href: d.said.ContactForm})
	}
	if d.said.ContactMail != "" {
		help.Links = append(help.Links, assets.Link{Text: d.said.ContactMail, Href: "mailto:" + d.said.ContactMail})
	}
	recourse := d.add("accessibility.recourse", d.t("accessibility.recourse.text"),
		d.t("accessibility.recourse.letter"), d.point("accessibility.recourse.delegate", d.said.Defender))
	recourse.Links = []assets.Link{
		{Text: d.t("accessibility.recourse.write"), Href: "https://formulaire.defenseurdesdroits.fr/"},
		{Text: d.t("accessibility.recourse.delegates"), Href: "https://www.defenseurdesdroits.fr/saisir/delegues"},
	}
}

// day is a date of a statement in words.
func (d *declaration) day(text string) string {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return d.lang.Date(day)
}

// percent is a number of a statement; empty: none.
func (d *declaration) percent(n float64) string {
	text := strconv.FormatFloat(n, 'f', -1, 64)
	switch {
	case n == 0:
		return ""
	case d.lang == assets.French:
		return strings.Replace(text, ".", ",", 1)
	}
	return text
}

// legal is /mentions-legales: who publishes the site, and where it lies.
func (p *Pages) legal(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	page := a.page(a.t("legal.title"), "")
	d, err := a.declaration(page.Site)
	if err != nil {
		return err
	}
	s := d.said
	d.add("legal.publisher", d.t("legal.publisher.text", "publisher", cmp.Or(s.Publisher, d.lab)),
		d.point("legal.at", s.PublisherAddress), d.point("legal.phone", s.PublisherPhone), d.point("legal.mail", s.PublisherMail),
		d.point("legal.director", s.Director))
	if s.Host != "" {
		d.add("legal.host", d.t("legal.host.text", "host", s.Host), d.point("legal.at", s.HostAddress), d.point("legal.phone", s.HostPhone))
	}
	d.add("legal.content", d.t("legal.content.text"))
	d.add("legal.data", d.t("legal.data.text", "lab", page.Site.Name))
	d.add("legal.geo", d.t("legal.geo.text")).Links = a.geoLicences()
	d.add("legal.software", d.t("legal.software.text"))
	return p.Frame.Render(w, r, http.StatusOK, "about.html", aboutPage{Page: page, Sections: d.sections})
}

// Keeps says how long what is about people is kept once it is no longer needed.
type Keeps struct {
	Reports  time.Duration // complaints that were closed
	Contacts time.Duration // who received a member's address
	SignIns  time.Duration // browsers that nobody came back with
	Letters  time.Duration // that the mail server does not take
	Backups  time.Duration
	Journal  time.Duration // who did what in the administration
}

// privacy is /donnees-personnelles.
func (p *Pages) privacy(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	page := a.page(a.t("privacy.title"), "")
	d, err := a.declaration(page.Site)
	if err != nil {
		return err
	}
	args := []any{
		"lab", page.Site.Name, "address", page.Site.Handle,
		"reports", inDays(p.Keeps.Reports), "contacts", inDays(p.Keeps.Contacts), "signins", inDays(p.Keeps.SignIns),
		"letters", inDays(p.Keeps.Letters), "backups", inDays(p.Keeps.Backups), "journal", inDays(p.Keeps.Journal),
		"except", d.elsewhere(),
	}
	for _, s := range []string{"who", "what", "why", "where", "how-long", "rights"} {
		d.add("privacy."+s, d.t("privacy."+s+".text", append(args, "publisher", cmp.Or(d.said.Publisher, d.lab))...))
		if s == "who" {
			d.add("privacy.officer", "", d.said.Officer, d.said.OfficerMail)
		}
	}
	return p.Frame.Render(w, r, http.StatusOK, "about.html", aboutPage{Page: page, Sections: d.sections})
}

// elsewhere says whom browsers ask beside this node; empty: nobody.
func (d *declaration) elsewhere() string {
	if u, err := url.Parse(d.Tiles.Address); err == nil && u.Host != "" {
		return d.t("privacy.except-tiles", "host", u.Host)
	}
	return ""
}

func inDays(d time.Duration) string { return strconv.Itoa(int(d.Hours() / 24)) }

func (a *ask) geoLicences() []assets.Link {
	return []assets.Link{
		a.link("legal.geo.licence", "https://www.etalab.gouv.fr/licence-ouverte-open-licence"),
		a.link("legal.geo.cc-by", "https://creativecommons.org/licenses/by/4.0/"),
		a.link("legal.geo.geonames", "https://www.geonames.org/"),
	}
}
