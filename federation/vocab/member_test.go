package vocab

import (
	"reflect"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func member() *store.Actor {
	iri := "https://labs.example/actors/ana"
	return &store.Actor{
		IRI: iri, Type: store.Person, Local: true, Handle: "ana", Host: "labs.example", Inbox: iri + "/inbox", Lab: "https://labs.example/actors/tilab",
		Profile: &store.Profile{
			Job: "Designer <b>", Skills: []string{"Enquête", "droit"}, Days: 0.5, Facilitates: true, Mandate: "tolere", Employer: "Ville",
			Roles:     store.Entries[store.Post]{{Lab: "Marais", Role: "designer", Since: "2024-01-01"}},
			Audiences: map[string]store.Audience{"job": store.Public, "skills": store.Public, "days": store.Public, "facilitates": store.Public, "roles": store.Public},
		},
	}
}

func TestMemberIsReadAsItWasWritten(t *testing.T) {
	m := member()
	lines := []Line{{Property: "essaim:job", Name: "Métier", Value: "Designer"}}
	m.Fields = []store.NameValue{{Name: "Site", Value: "ana.example"}}
	doc := mustParse(t, string(ActorDocument(m, Profile{TagURL: tagURL, Lines: lines})))
	if list := doc.Docs("attachment"); len(list) != 2 || list[0].Str("value") != "Designer" {
		t.Errorf("lines: got %s", doc.Raw())
	}
	got, err := ReadActor(doc)
	if err != nil {
		t.Fatal(err)
	}
	if want := m.PublicProfile(); !reflect.DeepEqual(got.Profile, want) || want.Employer != "" {
		t.Errorf("got %+v, want %+v", got.Profile, want)
	}
	if !reflect.DeepEqual(got.Fields, m.Fields) {
		t.Errorf("what the properties say was read twice: %v", got.Fields)
	}
	if s := string(doc.Raw()); strings.Contains(s, "tolere") || strings.Contains(s, "Ville") || strings.Contains(s, "audiences") {
		t.Errorf("the document says too much: %s", s)
	}
}

func TestMemberFromElsewhereIsKeptWithinBounds(t *testing.T) {
	read := func(properties string) *store.Profile {
		a, err := ReadActor(mustParse(t, `{"id":"https://a.example/u","type":"Person","inbox":"https://a.example/u/inbox",`+properties+`}`))
		if err != nil {
			t.Fatal(err)
		}
		return a.Profile
	}
	many := strings.TrimSuffix(strings.Repeat(`"a",`, 5)+strings.Repeat(`"`+strings.Repeat("b", 61)+`",`, 3), ",")
	for properties, want := range map[string]*store.Profile{
		`"name":"Eve"`:                                                       nil,
		`"essaim:mandate":"tolere"`:                                          nil,
		`"essaim:daysPerMonth":-4`:                                           nil,
		`"essaim:daysPerMonth":"a lot"`:                                      nil,
		`"essaim:expertise":["sorcery"]`:                                     nil,
		`"essaim:roles":[{"role":"elu"}]`:                                    nil,
		`"essaim:daysPerMonth":400`:                                          {Days: store.MaxDays},
		`"essaim:skills":[` + many + `]`:                                     {Skills: []string{"a"}},
		`"essaim:job":{"a":1},"essaim:offersFacilitation":true`:              {Facilitates: true},
		`"essaim:roles":{"lab":"L","since":"soon","role":"x","until":[1,2]}`: nil,
		`"essaim:roles":{"lab":"L","since":"soon","role":"x"}`:               {Roles: store.Entries[store.Post]{{Lab: "L"}}},
	} {
		if got := read(properties); !reflect.DeepEqual(got, want) {
			t.Errorf("%.60s: got %+v, want %+v", properties, got, want)
		}
	}
	if lab, err := ReadActor(mustParse(t, `{"id":"https://a.example/g","type":"Group","inbox":"https://a.example/g/inbox","essaim:job":"x"}`)); err != nil || lab.Profile != nil {
		t.Errorf("a lab with an occupation: %v, %v", lab.Profile, err)
	}
}

func TestContextKnowsWhatMembersTell(t *testing.T) {
	context := string(ContextDocument())
	for _, f := range store.ProfileFields {
		if f.Wire != "" && !strings.Contains(context, `"`+f.Wire+`"`) {
			t.Errorf("%s is not in the context", f.Wire)
		}
		for _, c := range f.Columns {
			if !strings.Contains(actorContext, `"`+c.Name+`":"essaim:`+c.Name+`"`) {
				t.Errorf("%s is not in the context of actors", c.Name)
			}
		}
	}
}
