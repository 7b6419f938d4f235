package store

import "time"

// Statements are what the law has a public service say about its site and only its
// publisher knows: who answers for it, where it lies, who protects the data, and what
// an audit of its accessibility found. The zero Statements say nothing of it.
type Statements struct {
	Publisher        string `json:"publisher,omitempty"` // empty: the lab
	PublisherAddress string `json:"publisherAddress,omitempty"`
	PublisherPhone   string `json:"publisherPhone,omitempty"`
	PublisherMail    string `json:"publisherMail,omitempty"`
	Director         string `json:"director,omitempty"` // of publication
	Host             string `json:"host,omitempty"`     // who keeps the machine
	HostAddress      string `json:"hostAddress,omitempty"`
	HostPhone        string `json:"hostPhone,omitempty"`

	Officer     string `json:"officer,omitempty"` // data protection officer
	OfficerMail string `json:"officerMail,omitempty"`

	AuditDate    string  `json:"auditDate,omitempty"`
	Auditor      string  `json:"auditor,omitempty"`
	Rate         float64 `json:"rate,omitempty"`    // percent of the criteria that are met
	Average      float64 `json:"average,omitempty"` // percent, page by page
	Failures     string  `json:"failures,omitempty"`
	Burdens      string  `json:"burdens,omitempty"` // left out as too much to ask
	Exempt       string  `json:"exempt,omitempty"`  // what the law does not ask for
	Tools        string  `json:"tools,omitempty"`
	Environments string  `json:"environments,omitempty"`
	Sample       string  `json:"sample,omitempty"` // pages that were looked at
	Declared     string  `json:"declared,omitempty"`
	Scheme       string  `json:"scheme,omitempty"` // address of the plan of several years

	Contact     string `json:"contact,omitempty"` // who helps those who are stopped; empty: the lab
	ContactMail string `json:"contactMail,omitempty"`
	ContactForm string `json:"contactForm,omitempty"` // address
	Defender    string `json:"defender,omitempty"`    // the Défenseur des droits' delegate near the lab

	Updated time.Time `json:"updated,omitzero"` // when they were last saved
}

// StatementFields describe the fields of *Statements, in the order of their form.
// Their messages are those of a kind that is called "statement"; a message
// "section.statement.<name>" begins a new part of it.
var StatementFields = []Field{
	{Name: "publisher", Widget: Line, Max: 200, At: at(func(s *Statements) any { return &s.Publisher })},
	{Name: "publisherAddress", Widget: Text, Max: 300, At: at(func(s *Statements) any { return &s.PublisherAddress })},
	{Name: "publisherPhone", Widget: Line, Max: 40, At: at(func(s *Statements) any { return &s.PublisherPhone })},
	{Name: "publisherMail", Widget: Line, Max: 254, Valid: validEmail, At: at(func(s *Statements) any { return &s.PublisherMail })},
	{Name: "director", Widget: Line, Max: 200, At: at(func(s *Statements) any { return &s.Director })},
	{Name: "host", Widget: Line, Max: 200, At: at(func(s *Statements) any { return &s.Host })},
	{Name: "hostAddress", Widget: Text, Max: 300, At: at(func(s *Statements) any { return &s.HostAddress })},
	{Name: "hostPhone", Widget: Line, Max: 40, At: at(func(s *Statements) any { return &s.HostPhone })},

	{Name: "officer", Widget: Line, Max: 200, At: at(func(s *Statements) any { return &s.Officer })},
	{Name: "officerMail", Widget: Line, Max: 254, Valid: validEmail, At: at(func(s *Statements) any { return &s.OfficerMail })},

	{Name: "auditDate", Widget: Day, At: at(func(s *Statements) any { return &s.AuditDate })},
	{Name: "auditor", Widget: Line, Max: 200, At: at(func(s *Statements) any { return &s.Auditor })},
	{Name: "rate", Widget: Amount, At: at(func(s *Statements) any { return &s.Rate })},
	{Name: "average", Widget: Amount, At: at(func(s *Statements) any { return &s.Average })},
	{Name: "failures", Widget: Text, Max: 5000, At: at(func(s *Statements) any { return &s.Failures })},
	{Name: "burdens", Widget: Text, Max: 5000, At: at(func(s *Statements) any { return &s.Burdens })},
	{Name: "exempt", Widget: Text, Max: 5000, At: at(func(s *Statements) any { return &s.Exempt })},
	{Name: "tools", Widget: Text, Max: 1000, At: at(func(s *Statements) any { return &s.Tools })},
	{Name: "environments", Widget: Text, Max: 1000, At: at(func(s *Statements) any { return &s.Environments })},
	{Name: "sample", Widget: Text, Max: 3000, At: at(func(s *Statements) any { return &s.Sample })},
	{Name: "declared", Widget: Day, At: at(func(s *Statements) any { return &s.Declared })},
	{Name: "scheme", Widget: Web, Max: 500, At: at(func(s *Statements) any { return &s.Scheme })},

	{Name: "contact", Widget: Line, Max: 200, At: at(func(s *Statements) any { return &s.Contact })},
	{Name: "contactMail", Widget: Line, Max: 254, Valid: validEmail, At: at(func(s *Statements) any { return &s.ContactMail })},
	{Name: "contactForm", Widget: Web, Max: 500, At: at(func(s *Statements) any { return &s.ContactForm })},
	{Name: "defender", Widget: Text, Max: 500, At: at(func(s *Statements) any { return &s.Defender })},
}

// Conformity is the state of conformity that a site has to declare (decree 2019-768,
// article 5): it ends message keys.
type Conformity string

// The states.
const (
	NotConforming    Conformity = "non"     // no audit that still counts, or less than half of the criteria
	PartlyConforming Conformity = "partial" // at least half of them
	Conforming       Conformity = "full"    // all of them
)

// auditYears is how long an audit counts: a declaration is to be made anew within
// three years (order of 20 September 2019).
const auditYears = 3

// Conformity is what the site must declare at a moment: it follows from the audit and
// cannot be chosen.
func (s *Statements) Conformity(now time.Time) Conformity {
	switch {
	case !s.Audited(now), s.Rate < 50:
		return NotConforming
	case s.Rate < 100:
		return PartlyConforming
	}
	return Conforming
}

// Audited says whether there is an audit that still counts.
func (s *Statements) Audited(now time.Time) bool {
	audited, err := time.Parse(dayForm, s.AuditDate)
	return err == nil && !now.After(audited.AddDate(auditYears, 0, 0))
}

// Check says everything that is wrong with the statements at a moment, or nil.
func (s *Statements) Check(now time.Time) error {
	errs := checkFields(StatementFields, s, "")
	wrong := func(field, reason string) {
		errs = append(errs, &FieldError{Field: field, Reason: "error." + reason})
	}
	if s.AuditDate == "" && (s.Rate > 0 || s.Average > 0) {
		wrong("auditDate", "required")
	}
	if s.AuditDate > now.Format(dayForm) {
		wrong("auditDate", "audit-future")
	}
	if s.Rate > 100 {
		wrong("rate", "percent")
	}
	if s.Average > 100 {
		wrong("average", "percent")
	}
	if s.Rate == 100 && s.Failures != "" {
		wrong("rate", "conforming-failures")
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}

const settingStatements = "statements"

// Statements returns those of this node, never nil.
func (t *Txn) Statements() *Statements {
	s := new(Statements)
	t.shown(settingStatements, s)
	return s
}

// PutStatements keeps the statements of this node, as of now. FieldErrors say what is
// wrong with them.
func (t *Txn) PutStatements(s *Statements) error {
	if err := s.Check(t.now); err != nil {
		return err
	}
	s.Updated = t.now
	return t.putShown(settingStatements, s) // every page names the state of conformity
}
