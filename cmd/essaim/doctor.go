package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/federation/doctor"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

func doctorCommand() *cobra.Command {
	var p place
	asJSON, lang := false, ""
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Examine the node: name, certificate, address, clock, mail, proxy, disk, store, queue, files, backups",
		Long: "Examine the node from outside, through its public address, and from inside, and say what to do.\n" +
			"It examines a node that runs (best) and one that does not. Nothing is changed and no letter is sent.\n" +
			"The exit status is 1 when something does not work.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			found, language := p.examine(c)
			if lang != "" {
				language = lang
			}
			words, err := assets.NewCatalog()
			if err != nil {
				return fmt.Errorf("read words: %w", err)
			}
			r := diagnosis{words: words, lang: assets.Lang(language), found: found}
			if err := r.print(c.OutOrStdout(), asJSON); err != nil {
				return err
			}
			if doctor.Worst(found) == doctor.Bad {
				return errors.New(r.t("doctor.failed"))
			}
			return nil
		},
	}
	p.flags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	c.Flags().StringVar(&lang, "lang", "", "language of what is printed, fr or en; node.language unless given")
	return c
}

// examine examines the node in the process that runs it, or here. One that cannot be
// opened is examined as far as it can.
func (p *place) examine(c *cobra.Command) (found []doctor.Finding, lang string) {
	cfg, err := p.config()
	if err != nil {
		return []doctor.Finding{{Check: "config", State: doctor.Bad, Class: "wrong", Args: map[string]any{"error": err.Error()}}}, defaultConfig().Node.Language
	}
	l, err := p.open(c)
	if err == nil {
		found, err = examineNode.call(c.Context(), l, struct{}{})
		err = errors.Join(err, l.close())
	}
	if err != nil {
		n := &node{nodeOptions: nodeOptions{dir: p.dir, file: p.file, config: cfg}}
		found = doctor.Examine(c.Context(), append(n.outside(nil).Checks(), n.disk(), n.files()))
		found = append(found, doctor.Finding{Check: "store", State: doctor.Bad, Class: "closed", Args: map[string]any{"error": err.Error()}})
	}
	return found, cfg.Node.Language
}

var examineNode = task[struct{}, []doctor.Finding]{"examine", func(ctx context.Context, n *node, _ struct{}) ([]doctor.Finding, error) {
	return n.examine(ctx), nil
}}

func (n *node) examine(ctx context.Context) []doctor.Finding {
	checks := n.outside(n.lookUp(ctx)).Checks()
	checks = append(checks, n.clock(ctx).Check(), n.mailCheck(), n.disk(), n.storeCheck(), n.queue(), n.files(), n.backups())
	found := doctor.Examine(ctx, checks)
	ill := ailing(found)
	n.ailing.Store(&ill)
	return found
}

// ailing is what there is to be done, but for what may be so on purpose.
func ailing(found []doctor.Finding) (ill []doctor.Finding) {
	for _, f := range found {
		if f.State == doctor.Bad || f.State == doctor.Warning && f.Class != "off" {
			ill = append(ill, f)
		}
	}
	return ill
}

// lastAiling is what the last examination found to be done.
func (n *node) lastAiling() []doctor.Finding {
	if ill := n.ailing.Load(); ill != nil {
		return *ill
	}
	return nil
}

// lookUp is the lab; nil before the set-up.
func (n *node) lookUp(ctx context.Context) (lab *store.Actor) {
	_ = n.store.View(ctx, func(tx *store.Txn) error { // what cannot be read, the check of the store tells
		if found, err := tx.Lab(); err == nil {
			lab = found
		}
		return nil
	})
	return lab
}

func (n *node) outside(lab *store.Actor) *doctor.Outside {
	o := &doctor.Outside{
		BaseURL: n.config.Node.BaseURL, Signed: n.config.Federation.AuthorizedFetch, Trusted: n.config.HTTP.TrustedProxies, Now: time.Now, Probe: n.probe,
		Local: isLocal(hostName(store.HostOf(n.config.Node.BaseURL))),
	}
	if lab != nil {
		o.Account, o.Actor = lab.Handle+"@"+lab.Host, lab.IRI
	}
	return o
}

// maxClocks is how many servers are asked what time it is.
const maxClocks = 3

func (n *node) clock(ctx context.Context) *doctor.Clock {
	c := &doctor.Clock{Now: time.Now, Date: func(ctx context.Context, host string) (time.Time, error) {
		doc, err := n.fetch.Get(ctx, n.fetch.BaseURL(host)+"/.well-known/nodeinfo")
		if err != nil {
			return time.Time{}, err
		}
		return doc.Date, nil
	}}
	_ = n.store.View(ctx, func(tx *store.Txn) error {
		for l := range tx.Lanes() {
			if l.State == store.Healthy && len(c.Hosts) < maxClocks {
				c.Hosts = append(c.Hosts, l.Host)
			}
		}
		return nil
	})
	return c
}

// diagnosis is what was found, in words.
type diagnosis struct {
	words *assets.Catalog
	lang  assets.Lang
	found []doctor.Finding
}

func (d diagnosis) t(key string, args ...any) string { return d.words.T(d.lang, key, args...) }

// told is a finding as it is printed for machines.
type told struct {
	doctor.Finding
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

func (d diagnosis) tell(f doctor.Finding) told {
	say := told{Finding: f, Text: d.t(f.Key(), f.Args)}
	if f.State == doctor.Warning || f.State == doctor.Bad {
		say.Remedy = d.t(f.Key()+"-do", f.Args)
	}
	return say
}

var marks = map[doctor.State]string{doctor.Fine: "✓", doctor.Unknown: "·", doctor.Warning: "!", doctor.Bad: "✗"}

func (d diagnosis) print(w io.Writer, asJSON bool) error {
	all := make([]told, len(d.found))
	for i, f := range d.found {
		all[i] = d.tell(f)
	}
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "\t")
		return e.Encode(all)
	}
	for _, f := range all {
		line := marks[f.State] + " " + d.t("doctor.line", "check", d.t("doctor.check."+f.Check), "text", f.Text) + "\n"
		if f.Remedy != "" {
			line += "    → " + f.Remedy + "\n"
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}
