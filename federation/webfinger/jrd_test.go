package webfinger

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/essaim/essaim/federation/fetch"
)

func TestBuildSaysWhatPeersRead(t *testing.T) {
	got := Build(Profile{
		User: "lab", Host: "lab.example", Actor: "https://fed.lab.example/actors/lab", Page: "https://fed.lab.example/@lab",
		Avatar: "https://fed.lab.example/media/1.png", AvatarType: "image/png", BaseURL: "https://fed.lab.example",
		Aliases: []string{"https://fed.lab.example/@lab", "https://fed.lab.example/lab"},
	})
	want := &JRD{
		Subject: "acct:lab@lab.example",
		Aliases: []string{"https://fed.lab.example/@lab", "https://fed.lab.example/actors/lab", "https://fed.lab.example/lab"},
		Links: []Link{
			{Rel: "self", Type: "application/activity+json", Href: "https://fed.lab.example/actors/lab"},
			{Rel: "http://webfinger.net/rel/profile-page", Type: "text/html", Href: "https://fed.lab.example/@lab"},
			{Rel: "http://webfinger.net/rel/avatar", Type: "image/png", Href: "https://fed.lab.example/media/1.png"},
			{Rel: "http://ostatus.org/schema/1.0/subscribe", Template: "https://fed.lab.example/authorize_interaction?uri={uri}"},
			{Rel: "https://w3id.org/fep/3b86/Object", Template: "https://fed.lab.example/authorize_interaction?uri={object}"},
			{Rel: "https://w3id.org/fep/3b86/Follow", Template: "https://fed.lab.example/authorize_interaction?uri={object}"},
			{Rel: "https://w3id.org/fep/3b86/Create", Template: "https://fed.lab.example/share?text={content}"},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestBuildWithoutPictureOrPage(t *testing.T) {
	j := Build(Profile{User: "lab", Host: "lab.example", Actor: "https://lab.example/actor", BaseURL: "https://lab.example"})
	for _, l := range j.Links {
		if l.Href == "" && l.Template == "" {
			t.Errorf("got a link that leads nowhere: %+v", l)
		}
	}
	if len(j.Aliases) != 1 {
		t.Errorf("got aliases %v, want the actor alone", j.Aliases)
	}
}

func TestWhatIsBuiltIsParsed(t *testing.T) {
	for _, j := range []*JRD{
		Build(Profile{User: "lab", Host: "lab.example", Actor: "https://lab.example/a", BaseURL: "https://lab.example"}),
		BuildSite("https://lab.example", "https://lab.example/actor", "https://lab.example/a"),
	} {
		body, err := json.Marshal(j)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseJRD(body)
		if err != nil || !reflect.DeepEqual(got, j) || got.Actor() != "https://lab.example/a" {
			t.Errorf("got %+v, %v, want %+v", got, err, j)
		}
	}
}

func TestParseJRDLeavesOutWhatIsOdd(t *testing.T) {
	got, err := ParseJRD([]byte(`{"subject":"acct:a@b.example","aliases":["x",1,null],"properties":7,"links":[
		null,1,"x",{"rel":7},{"rel":"self","type":"text/html","href":"https://b.example/page"},
		{"rel":"self","type":"application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"","href":"https://b.example/a","titles":{}}]}`))
	if err != nil || got.Subject != "acct:a@b.example" || got.Actor() != "https://b.example/a" {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = ParseJRD([]byte(`{"subject":"acct:a@b.example","aliases":"x","links":{}}`))
	if err != nil || got.Actor() != "" {
		t.Errorf("got %+v, %v, want no actor", got, err)
	}
	for _, body := range []string{"", "[]", `{"subject":1}`, `{"subject":"a"`, "<XRD/>"} {
		if _, err := ParseJRD([]byte(body)); !errors.Is(err, fetch.ErrMalformed) {
			t.Errorf("%q: got %v, want ErrMalformed", body, err)
		}
	}
}

func TestHostMetaLeadsToWebFinger(t *testing.T) {
	const want = "https://lab.example/.well-known/webfinger?resource={uri}"
	body, err := HostMeta("https://lab.example")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := parseHostMeta(body); err != nil || got != want {
		t.Errorf("got %s, %v, want %s\n%s", got, err, want, body)
	}
	body, err = HostMetaJSON("https://lab.example")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseJRD(body); err != nil || len(got.Links) != 1 || got.Links[0].Template != want || got.Links[0].Rel != "lrdd" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestHostMetaWithoutTemplateIsMalformed(t *testing.T) {
	for _, body := range []string{
		"", "{}", "<html></html>", `<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"></XRD>`,
		`<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" template="https://lab.example/"/></XRD>`,
		`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" template="&e;{uri}"/></XRD>`,
	} {
		if got, err := parseHostMeta([]byte(body)); !errors.Is(err, fetch.ErrMalformed) {
			t.Errorf("%q: got %q, %v, want ErrMalformed", body, got, err)
		}
	}
}

func FuzzParseJRD(f *testing.F) {
	f.Add([]byte(`{"subject":"acct:a@b.example","aliases":["x"],"links":[{"rel":"self","type":"application/activity+json","href":"https://b.example/a"}]}`))
	f.Add([]byte(`{"links":[{"template":1}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		j, err := ParseJRD(body)
		if err != nil {
			return
		}
		again, err := json.Marshal(j)
		if err != nil {
			t.Fatal(err)
		}
		if k, err := ParseJRD(again); err != nil || k.Actor() != j.Actor() || k.Subject != j.Subject {
			t.Errorf("%q: got %+v, then %+v, %v", body, j, k, err)
		}
	})
}

func FuzzParseHostMeta(f *testing.F) {
	body, err := HostMeta("https://lab.example")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Fuzz(func(t *testing.T, body []byte) {
		if template, err := parseHostMeta(body); err == nil && template == "" {
			t.Errorf("%q: no template and no error", body)
		}
	})
}
