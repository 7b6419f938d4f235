package demo

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestFiveLabsSayThatTheyAreADemonstration(t *testing.T) {
	labs := load(t).Labs
	if len(labs) != 5 {
		t.Fatalf("got %d labs, want 5", len(labs))
	}
	for _, lab := range labs {
		if !handles.MatchString(lab.Handle) || !strings.HasSuffix(lab.Name, "(démo)") {
			t.Errorf("lab %q, %q: want a plain handle and a name ending in (démo)", lab.Handle, lab.Name)
		}
		if _, ok := territories[lab.Territory]; !ok {
			t.Errorf("%s: unknown territory %q", lab.Handle, lab.Territory)
		}
		wantOneOf(t, lab.Handle+" time zone", lab.TimeZone, []string{"Europe/Paris", "Indian/Reunion"})
		wantLength(t, lab.Handle+" summary", lab.Summary, 100, 500)
		if got := contrast(t, lab.Accent, "#FBFAF6"); got < 4.5 {
			t.Errorf("%s: accent %s on paper: got contrast %.1f, want 4.5", lab.Handle, lab.Accent, got)
		}
		for _, o := range lab.Tutelles {
			wantOneOf(t, o.Name, o.Category, categories)
			wantOneOf(t, o.Name, o.Link, []string{"hierarchique", "fonctionnel"})
		}
	}
}

func TestMembersAreVisiblyInvented(t *testing.T) {
	for _, lab := range load(t).Labs {
		people, seen := 0, map[string]bool{lab.Handle: true}
		for _, m := range lab.Members {
			if seen[m.Handle] || !handles.MatchString(m.Handle) {
				t.Errorf("%s: handle %q is taken or malformed", lab.Handle, m.Handle)
			}
			seen[m.Handle] = true
			wantOneOf(t, m.Name, m.Role, roles)
			wantLength(t, m.Name+" bio", m.Bio, 30, 300)
			if m.Editorial {
				continue
			}
			people++
			_, surname, _ := strings.Cut(m.Name, " ")
			wantOneOf(t, "surname", surname, surnames)
		}
		if people != 6 {
			t.Errorf("%s: got %d people, want 6", lab.Handle, people)
		}
	}
}

func TestNoAddressLeavesTheInvalidDomain(t *testing.T) {
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		for _, got := range addresses.FindAllString(string(data), -1) {
			if !strings.HasSuffix(strings.Trim(got, `".,;)`), "@exemple.invalid") {
				t.Errorf("%s: address %s", name, got)
			}
		}
		for _, got := range links.FindAllStringSubmatch(string(data), -1) {
			if !strings.HasSuffix(got[1], ".exemple.invalid") {
				t.Errorf("%s: link to %s", name, got[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, lab := range load(t).Labs {
		for _, m := range lab.Members {
			if !strings.HasSuffix(m.Email, "@exemple.invalid") {
				t.Errorf("%s: got e-mail %q", m.Name, m.Email)
			}
		}
	}
}

func TestNewsIsShortAndNoWiderThanItsRecord(t *testing.T) {
	for _, lab := range load(t).Labs {
		if n := len(lab.News); n < 6 || n > 10 {
			t.Errorf("%s: got %d news, want 6 to 10", lab.Handle, n)
		}
		for _, n := range lab.News {
			wantLength(t, lab.Handle+" news", n.Content(), 40, 500)
			wantOneOf(t, "news audience", n.Audience, audiences)
			if member(lab, n.Author) == nil {
				t.Errorf("%s: news by unknown %q", lab.Handle, n.Author)
			}
			if n.Experiment != "" {
				wantInThread(t, lab, n)
			}
		}
	}
}

func wantInThread(t *testing.T, lab Lab, n News) {
	t.Helper()
	i := slices.IndexFunc(lab.Records, func(r Record) bool { return r.Key == n.Experiment })
	if i < 0 {
		t.Fatalf("%s: news about unknown %q", lab.Handle, n.Experiment)
	}
	e := lab.Records[i]
	if slices.Index(audiences, n.Audience) > slices.Index(audiences, e.Fields["audience"]) {
		t.Errorf("news of %s is %s, its record only %s", e.Key, n.Audience, e.Fields["audience"])
	}
	if n.DaysAgo > e.DaysAgo || n.DaysAgo < 0 {
		t.Errorf("news of %s is %d days old, its record %d", e.Key, n.DaysAgo, e.DaysAgo)
	}
}

func TestReferencesAreSourcedAndEditorial(t *testing.T) {
	references := 0
	for _, lab := range load(t).Labs {
		for _, n := range lab.News {
			m := member(lab, n.Author)
			if m == nil || m.Editorial != (n.Source != "") {
				t.Errorf("%s: a source and the editorial account go together: %q", lab.Handle, n.Text)
			}
			if n.Source == "" {
				continue
			}
			references++
			if !strings.HasSuffix(n.Content(), n.Source+".") {
				t.Errorf("the source is not published: %q", n.Content())
			}
		}
	}
	if references == 0 {
		t.Error("no reference in the network")
	}
}

func TestEveryTextIsWrittenOnce(t *testing.T) {
	seen := map[string]bool{}
	once := func(texts ...string) {
		for _, text := range texts {
			if seen[text] && text != "" {
				t.Errorf("written twice: %q", text)
			}
			seen[text] = true
		}
	}
	for _, lab := range load(t).Labs {
		once(lab.Handle, lab.Name, lab.Summary, lab.Territory)
		for _, m := range lab.Members {
			once(m.Email, m.Bio)
			for _, name := range []string{"job", "offers", "seeks"} {
				once(m.Profile[name])
			}
		}
		for _, c := range lab.Circles {
			once("circle "+c.Name, c.Purpose)
		}
		for _, r := range lab.Initiatives {
			once(r.Key, r.Fields["title"], r.Fields["pitch"])
		}
		for _, e := range lab.Records {
			once(e.Key)
			for _, name := range prose {
				once(e.Fields[name])
			}
			if e.Image != nil {
				once("image "+e.Image.Seed, e.Image.Alt)
			}
			for _, p := range e.Problems {
				once(p.Statement, p.Why)
			}
			for _, s := range e.History {
				once(s.Note)
			}
		}
		for _, n := range lab.News {
			once(n.Text)
		}
	}
}

func TestFollowsShowMutualOneSidedAndPending(t *testing.T) {
	n := load(t)
	if len(n.Follows) != 14 {
		t.Errorf("got %d follows, want 14", len(n.Follows))
	}
	manual, edges := map[string]bool{}, map[[2]string]bool{}
	for _, lab := range n.Labs {
		manual[lab.Handle] = lab.ManualApproval
	}
	pending, mutual, oneSided := 0, 0, 0
	for _, f := range n.Follows {
		_, from := manual[f.From]
		approves, to := manual[f.To]
		if !from || !to || f.From == f.To || edges[[2]string{f.From, f.To}] {
			t.Errorf("bad or repeated follow %+v", f)
		}
		if f.Pending && !approves {
			t.Errorf("%s does not approve by hand, so %s cannot wait", f.To, f.From)
		}
		edges[[2]string{f.From, f.To}] = true
	}
	for _, f := range n.Follows {
		switch {
		case f.Pending:
			pending++
		case edges[[2]string{f.To, f.From}]:
			mutual++
		default:
			oneSided++
		}
	}
	if pending != 1 || mutual == 0 || oneSided == 0 {
		t.Errorf("got %d pending, %d mutual, %d one-sided; want 1 and some of each", pending, mutual, oneSided)
	}
}
