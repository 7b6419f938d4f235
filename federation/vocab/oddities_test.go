package vocab

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// oddities are small documents, each of a shape that some server sends, with
// what reading it must give.
var oddities = []struct {
	name, doc string
	read      func(Doc) any
	want      any
}{
	{
		"to and cc are plain strings", `{"to":"https://a.example/c","cc":"https://www.w3.org/ns/activitystreams#Public"}`,
		func(d Doc) any { return fmt.Sprint(d.Recipients(), d.Visibility()) }, "[https://a.example/c] 1",
	},
	{"as:Public as a string", `{"to":"as:Public"}`, visibility, Listed},
	{"as:Public in a list", `{"type":"Place","to":["as:Public"]}`, visibility, Listed},
	{"bare Public", `{"to":"Public"}`, visibility, Listed},
	{
		"a collection written out is named by id", `{"to":{"type":"Collection","id":"https://a.example/f","items":["https://b.example/u"]}}`,
		func(d Doc) any { return d.Recipients() },
		[]string{"https://a.example/f"},
	},
	{
		"a collection without id is nobody", `{"to":{"type":"Collection","items":["https://www.w3.org/ns/activitystreams#Public"]}}`,
		func(d Doc) any { return fmt.Sprint(d.Recipients(), d.Visibility()) }, "[] 0",
	},
	{"Public in cc is unlisted", `{"to":["https://a.example/f"],"cc":["as:Public"]}`, visibility, Unlisted},
	{"no Public is private", `{"to":["https://a.example/f"]}`, visibility, Private},
	{
		"no addressing at all", `{"type":"Follow","object":"https://a.example/u"}`,
		func(d Doc) any { return fmt.Sprint(d.IRI("object"), len(d.Recipients()), d.Visibility()) }, "https://a.example/u0 0",
	},
	{
		"audience beside to", `{"to":["https://a.example/u"],"audience":"https://a.example/g"}`,
		func(d Doc) any { return d.Recipients() },
		[]string{"https://a.example/u", "https://a.example/g"},
	},
	{"directMessage is never public", `{"directMessage":true,"to":["as:Public"]}`, visibility, Private},

	{"actor object with only an id", `{"actor":{"id":"https://a.example/u"}}`, actor, "https://a.example/u"},
	{"actor written out", `{"actor":{"type":"Person","id":"https://a.example/u","inbox":"https://evil.example/i"}}`, actor, "https://a.example/u"},
	{"actor list of one", `{"actor":[{"type":"Person","id":"https://a.example/u"}]}`, actor, "https://a.example/u"},
	{"two actors are nobody", `{"actor":["https://a.example/u","https://b.example/v"]}`, actor, ""},
	{
		"attributedTo person and group: the signer", `{"attributedTo":[{"type":"Person","id":"https://a.example/u"},{"type":"Group","id":"https://a.example/g"}]}`,
		func(d Doc) any { return d.AttributedTo("https://a.example/g") }, "https://a.example/g",
	},
	{
		"attributedTo group and person: the person", `{"attributedTo":[{"type":"Group","id":"https://a.example/g"},{"type":"Person","id":"https://a.example/u"}]}`,
		func(d Doc) any { return d.AttributedTo("https://b.example/") }, "https://a.example/u",
	},
	{"attributedTo written out", `{"attributedTo":{"endpoints":{},"id":"https://a.example/"}}`, author, "https://a.example/"},
	{"attributedTo a collection of moderators", `{"type":"Group","attributedTo":"https://a.example/g/moderators"}`, author, "https://a.example/g/moderators"},

	{"url a Link with mimeType", `{"url":{"type":"Link","mimeType":"text/html","href":"https://a.example/p"}}`, Doc.url, "https://a.example/p"},
	{"url a list of Links", `{"url":[{"type":"Link","mediaType":"application/x-mpegURL","href":"https://a.example/v.m3u8"},{"type":"Link","mediaType":"text/html","href":"https://a.example/w"}]}`, Doc.url, "https://a.example/w"},
	{"url a list without a page", `{"url":["magnet:?xt=1","https://a.example/v.mp4"]}`, Doc.url, "https://a.example/v.mp4"},
	{"url null", `{"url":null,"id":"https://a.example/1"}`, Doc.url, "https://a.example/1"},
	{"url of a script", `{"url":"javascript:alert(1)","id":"https://a.example/1"}`, Doc.url, "https://a.example/1"},
	{"url of a bridge", `{"url":"https://bridge.example/r/https://a.example"}`, Doc.url, "https://bridge.example/r/https://a.example"},
	{
		"attachment alone, words in content", `{"attachment":{"content":"Vue de la salle","type":"Image","url":"https://a.example/i.jpg"}}`,
		alt, "Vue de la salle",
	},
	{"attachment with id null", `{"attachment":[{"id":null,"type":"Document","url":"https://a.example/i.jpg","name":"Couverture"}]}`, alt, "Couverture"},
	{
		"attachment a Link", `{"attachment":[{"type":"Link","href":"https://a.example/i.jpg"}]}`,
		func(d Doc) any { return d.Attachments()[0].URL }, "https://a.example/i.jpg",
	},
	{"icons of several sizes", `{"icon":[{"type":"Image","width":48,"url":"https://a.example/48"},{"type":"Image","width":120,"url":"https://a.example/120"},{"type":"Image","width":1500,"url":"https://a.example/1500"}]}`, icon, "https://a.example/120"},
	{"icon null", `{"icon":null}`, icon, ""},
	{"mediaType null", `{"icon":{"mediaType":null,"type":"Image","url":"https://a.example/i"}}`, icon, "https://a.example/i"},
	{"icon inside of an icon", `{"icon":{"type":"Image","image":{"type":"Image","url":"https://a.example/i"},"cropRegion":[0,1]}}`, icon, "https://a.example/i"},
	{"icon a string", `{"icon":"https://a.example/i.jpg"}`, icon, "https://a.example/i.jpg"},
	{"icon url a list of Links", `{"icon":{"type":"Image","url":[{"type":"Link","href":"https://a.example/i.png","mediaType":"image/png"}]}}`, icon, "https://a.example/i.png"},

	{"tag alone", `{"tag":{"name":"#test","type":"Hashtag"}}`, hashtags, []string{"test"}},
	{"key tags", `{"tags":[{"type":"Hashtag","name":"#Prismo"}]}`, hashtags, []string{"prismo"}},
	{"hashtag without #", `{"tag":[{"type":"Hashtag","name":"Démocratie"}]}`, hashtags, []string{"démocratie"}},
	{"hashtag with a relative href", `{"id":"https://a.example/1","tag":[{"type":"Hashtag","name":"#test","href":"/tags/test"}]}`, hashtags, []string{"test"}},
	{"hashtags that fold to one", `{"tag":[{"type":"Hashtag","name":"#Ｌａｂ"},{"type":"as:Hashtag","name":"LAB"}]}`, hashtags, []string{"lab"}},
	{"mention without a name", `{"tag":[{"type":"Mention","href":"https://a.example/u"}]}`, mentions, []string{"https://a.example/u"}},
	{"mention without href", `{"tag":[{"type":"Mention","name":"@u"},{"type":"Mention","href":"https://a.example/u"}]}`, mentions, []string{"https://a.example/u"}},
	{"tags that are none", `{"tag":["x",null,5,{"type":"Tag","name":"Tech"},{"type":"Book","name":"B"},{"type":"Hashtag"},{"type":"Hashtag","name":["#"]},{"type":"Emoji"},{"type":"Hashtag","name":"#ok"}]}`, hashtags, []string{"ok"}},

	{"content null", `{"content":null,"summary":"s"}`, content, " "},
	{"summary null", `{"summary":null}`, func(d Doc) any { return d.Has("summary") }, false},
	{"source a string", `{"source":"texte","content":"<p>x</p>"}`, content, "<p>x</p> "},
	{"content in several languages", `{"content":"chat","contentMap":{"en":"cat","fr":"chat"}}`, content, "chat fr"},
	{"contentMap alone", `{"contentMap":{"en":"cat","fr-CA":"chat"}}`, content, "chat fr-CA"},
	{"contentMap in no language that we prefer", `{"contentMap":{"eo":"kato","de":"Katze"}}`, content, "Katze de"},
	{"contentMap with null", `{"contentMap":{"fr":null,"en":"cat"}}`, content, "cat en"},
	{"language as an object", `{"content":"x","language":{"identifier":"ko","name":"한국어"}}`, content, "x ko"},
	{"language as a list", `{"content":"x","language":[{"identifier":"und"},{"identifier":"en"}]}`, content, "x en"},
	{"language of the context", `{"@context":["https://www.w3.org/ns/activitystreams",{"@language":"de"}],"content":"x"}`, content, "x de"},
	{"language und", `{"@context":["https://www.w3.org/ns/activitystreams",{"@language":"und"}],"content":"x"}`, content, "x "},
	{"sensitive null", `{"sensitive":null}`, sensitive, false},
	{"sensitive with a prefix", `{"as:sensitive":true}`, sensitive, true},
	{"sensitive with and without prefix", `{"as:sensitive":true,"sensitive":false}`, sensitive, false},
	{"discoverable with a prefix", `{"toot:discoverable":true}`, func(d Doc) any { return d.Bool("discoverable") }, true},
	{"our term by its IRI", `{"https://w3id.org/essaim/ns#kind":"experiment","as:x":1}`, func(d Doc) any { return d.Str("essaim:kind") }, "experiment"},

	{"nine digits of a second", `{"published":"2026-06-26T11:17:11.483620610Z"}`, published, "2026-06-26T11:17:11.48362061Z"},
	{"seven digits and an offset", `{"published":"2026-06-26T11:17:29.7576707+00:00"}`, published, "2026-06-26T11:17:29.7576707Z"},
	{"numeric offset", `{"published":"2022-03-01T20:58:48+02:00"}`, published, "2022-03-01T20:58:48+02:00"},
	{"no zone", `{"published":"2015-04-21T12:34:56"}`, published, "2015-04-21T12:34:56Z"},
	{"no seconds", `{"published":"2015-04-21T12:34Z"}`, published, "2015-04-21T12:34:00Z"},
	{"time null", `{"published":null}`, published, "none"},
	{"year before year one", `{"published":"-0977-01-01T00:00:00Z"}`, published, "none"},
	{"year 10000", `{"published":"10000-01-01T00:00:00Z"}`, published, "none"},
	{"time as a number", `{"published":1656000000}`, published, "none"},
	{"number as text", `{"width":"640"}`, func(d Doc) any { n, _ := d.Int("width"); return n }, int64(640)},
	{"large number", `{"n":9007199254740993}`, func(d Doc) any { n, _ := d.Int("n"); return n }, int64(9007199254740993)},
	{"number out of range", `{"n":1e999999}`, func(d Doc) any { _, ok := d.Int("n"); return ok }, false},
	{"number with a fraction", `{"n":1.5}`, func(d Doc) any { _, ok := d.Int("n"); return ok }, false},

	{"likes as a count", `{"likes":{"type":"Collection","totalItems":39}}`, likes, "39 true"},
	{"likes as an address", `{"likes":"https://a.example/likes"}`, likes, "0 false"},
	{"likes in full", `{"likes":{"type":"Collection","orderedItems":["https://a.example/l1","https://a.example/l2"]}}`, likes, "2 true"},
	{"likes below nothing", `{"likes":{"type":"Collection","totalItems":-5}}`, likes, "0 true"},
	{
		"first page inside, without id", `{"replies":{"first":{"type":"CollectionPage","next":"https://a.example/r?2","items":[]}}}`,
		func(d Doc) any { return d.Doc("replies").Doc("first").IRI("next") }, "https://a.example/r?2",
	},
	{
		"hidden list", `{"totalItems":296,"type":"OrderedCollection"}`,
		func(d Doc) any { n, _ := d.Int("totalItems"); return fmt.Sprint(n, len(d.Items())) }, "296 0",
	},
	{
		"items of both sorts", `{"orderedItems":["https://a.example/1",{"id":"https://a.example/2","type":"Note"},{"type":"Note"},null]}`,
		func(d Doc) any { r := d.Items(); return fmt.Sprint(len(r), r[0].IRI, r[1].IRI, r[2].Doc.Type()) }, "3https://a.example/1https://a.example/2Note",
	},

	{"no context", `{"type":"Note","id":"https://a.example/1"}`, Doc.typ, "Note"},
	{
		"a foreign context changes nothing", `{"@context":{"Note":"as:Delete","actor":"as:object"},"type":"Note","actor":"https://a.example/u"}`,
		func(d Doc) any { return d.Type() + d.IRI("actor") }, "Notehttps://a.example/u",
	},
	{"two fragments", `{"id":"https://a.example/p/#activity#activity"}`, Doc.id, "https://a.example/p/#activity#activity"},
	{"ids are not cleaned", `{"id":"https://A.example//c/@x/../ü|#delete"}`, Doc.id, "https://A.example//c/@x/../ü|#delete"},
	{"type as a list", `{"type":["as:Article","essaim:Experiment"]}`, Doc.typ, "Article"},
	{"type by IRI", `{"@type":["https://www.w3.org/ns/activitystreams#Note"]}`, Doc.typ, "Note"},
	{"empty type", `{"type":[]}`, Doc.typ, ""},

	{"Accept of an IRI", `{"type":"Accept","object":"https://a.example/f"}`, object1, "https://a.example/f"},
	{"Accept of a Follow", `{"type":"Accept","object":{"type":"Follow","id":"https://a.example/f"}}`, object1, "https://a.example/f"},
	{
		"Accept of a Follow without id", `{"type":"Accept","object":{"type":"Follow","actor":"https://a.example/u"}}`,
		func(d Doc) any { r := d.Refs("object"); return r[0].IRI + r[0].Doc.IRI("actor") }, "https://a.example/u",
	},
	{"Undo of an IRI", `{"type":"Undo","object":"http://a.example/u#likes/2"}`, object1, "http://a.example/u#likes/2"},
	{"Delete of a Tombstone", `{"type":"Delete","object":{"type":"Tombstone","id":"https://a.example/1","atomUri":"https://a.example/1"}}`, object1, "https://a.example/1"},
	{
		"Flag of several", `{"type":"Flag","to":"https://b.example/u","object":["https://b.example/u","https://b.example/p/1"]}`,
		func(d Doc) any { return d.IRIs("object") },
		[]string{"https://b.example/u", "https://b.example/p/1"},
	},
	{
		"Announce of an activity", `{"type":"Announce","object":{"type":"Update","id":"https://a.example/u1","object":{"type":"Page"}}}`,
		func(d Doc) any { return d.Doc("object").Verb() + d.Doc("object").Doc("object").Type() }, "UpdatePage",
	},
	{"EmojiReact is a Like", `{"type":"EmojiReact","content":"👌","object":"https://a.example/1"}`, Doc.verb, "Like"},
	{"reaction of Misskey", `{"type":"Like","_misskey_reaction":"pudding"}`, Doc.verb, "Like"},
	{"vote in a poll", `{"type":"Note","name":"Oui","inReplyTo":"https://a.example/q"}`, Doc.vote, true},
	{"a reply is no vote", `{"type":"Note","content":"Oui","inReplyTo":"https://a.example/q"}`, Doc.vote, false},
	{
		"answers of a poll", `{"type":"Question","oneOf":[{"type":"Note","name":"Oui"},{"type":"Note","name":"Non"}]}`,
		func(d Doc) any { return d.Options() },
		[]string{"Oui", "Non"},
	},
	{
		"several objects", `{"type":"Create","object":[{"type":"Note","id":"https://a.example/1"},{"type":"Note","id":"https://a.example/2"}]}`,
		func(d Doc) any { return len(d.Refs("object")) }, 2,
	},
	{"Invite with a target", `{"type":"Invite","object":"https://a.example/@g","target":"https://b.example/@u"}`, func(d Doc) any { return d.IRI("target") }, "https://b.example/@u"},
	{"bearcap", `{"object":"bear:?u=https://a.example/1&t=x"}`, func(d Doc) any { return webURL(d.IRI("object")) }, ""},

	{"location without type", `{"location":{"name":"Colosseo","address":"Piazza 1"}}`, place, store.Place{Name: "Colosseo", Street: "Piazza 1"}},
	{
		"location with null parts", `{"location":{"type":"Place","name":null,"latitude":48.1,"longitude":-1.7,"address":{"type":"PostalAddress","addressCountry":null,"addressLocality":"Rennes"}}}`,
		place,
		store.Place{Commune: "Rennes", Lat: 48.1, Lon: -1.7, Precision: store.Exact},
	},
	{"location online and on site", `{"location":[{"type":"VirtualLocation","url":"https://a.example/v"},{"type":"Place","name":"Salle"}]}`, place, store.Place{Name: "Salle"}},
	{"location beyond the pole", `{"location":{"name":"x","latitude":91,"longitude":0}}`, place, store.Place{Name: "x"}},
	{"capacity null", `{"maximumAttendeeCapacity":null}`, func(d Doc) any { n, _ := d.Int("maximumAttendeeCapacity"); return n }, int64(0)},
	{"preview of storyboards", `{"preview":[{"type":"Image","rel":["storyboard"]}]}`, func(d Doc) any { return d.Doc("preview").Str("content") }, ""},
}

func (d Doc) id() any   { return d.ID() }
func (d Doc) typ() any  { return d.Type() }
func (d Doc) url() any  { return d.URL() }
func (d Doc) verb() any { return d.Verb() }
func (d Doc) vote() any { return d.IsVote() }

func visibility(d Doc) any { return d.Visibility() }
func actor(d Doc) any      { return d.IRI("actor") }
func object1(d Doc) any    { return d.IRI("object") }
func author(d Doc) any     { return d.AttributedTo("") }
func hashtags(d Doc) any   { return d.Hashtags() }
func mentions(d Doc) any   { return d.Mentions() }
func sensitive(d Doc) any  { return d.Bool("sensitive") }
func alt(d Doc) any        { return d.Attachments()[0].Alt }
func place(d Doc) any      { p, _ := d.Place(); return p }
func icon(d Doc) any       { m, _ := d.Image("icon"); return m.URL }
func likes(d Doc) any      { n, ok := d.Count("likes"); return fmt.Sprint(n, ok) }

func content(d Doc) any {
	text, lang := d.Lang("content", "fr", "en")
	return text + " " + lang
}

func published(d Doc) any {
	at, ok := d.Time("published")
	if !ok {
		return "none"
	}
	return at.Format(time.RFC3339Nano)
}

func TestOddities(t *testing.T) {
	for _, tt := range oddities {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.read(mustParse(t, tt.doc)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s: got %#v, want %#v", tt.doc, got, tt.want)
			}
		})
	}
}
