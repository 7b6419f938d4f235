package web_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/simnet"
	"github.com/essaim/essaim/store"
)

// The media types that are asked for.
const (
	asPage     = "text/html,application/xhtml+xml,*/*;q=0.8"
	asDocument = "application/activity+json"
)

// secret is a record for one step of the ladder, with an answer for the same step
// in the thread of the root. All their texts are words that stand nowhere else.
type secret struct {
	step     string
	record   *store.Experiment
	note     *store.News
	activity string // path of the last activity about the record
	first    string // of the Create
}

func (s *secret) word(field string) string {
	return "zq" + field + strings.ReplaceAll(s.step, "-", "") + "qz"
}

// fields of a record that hold a secret each.
var fields = []string{"title", "pitch", "body", "alt", "problem", "stagenote", "file", "partner"}

// inner is a field for those alone who may change the record, whoever may see the
// rest.
const inner = "sponsor"

func (s *secret) words() []string {
	var all []string
	for _, f := range append(slices.Clone(fields), "reply") {
		all = append(all, s.word(f))
	}
	return all
}

func (s *secret) id() string { return "/o/" + s.record.ID.String() }

// A wayOut is an address at which a record might show. path may ignore the secret:
// such a page is asked for once for each viewer. show is what tells that the record
// shows: nil, any of its words. seenBy is the column of the table of viewers that
// holds here.
type wayOut struct {
	name   string
	seenBy column
	accept string
	path   func(w *world, s *secret) string
	show   func(s *secret) []string
	whole  bool   // who sees it sees all fields
	atMost bool   // it may show less than the column says
	method string // empty: GET
	newest int    // it shows so many of the newest only; 0: all
}

// at is an address that does not depend on the record.
func at(path string) func(*world, *secret) string {
	return func(*world, *secret) string { return path }
}

func pageOf(_ *world, s *secret) string { return federation.PagePath(s.record.Envelope()) }

func onPage(end string) func(*world, *secret) string {
	return func(w *world, s *secret) string { return pageOf(w, s) + end }
}

func objectOf(end string) func(*world, *secret) string {
	return func(_ *world, s *secret) string { return s.id() + end }
}

func apiOf(end string) func(*world, *secret) string {
	return func(_ *world, s *secret) string { return "/api/v1/statuses/" + s.record.ID.String() + end }
}

func bucketOf(_ *world, s *secret) string {
	return fmt.Sprintf("/actors/estran/catalog/buckets?bucket=%02x", store.BucketOf(s.record.IRI))
}

func iriOfRecord(s *secret) []string { return []string{s.record.IRI + `"`} }

func iriOfNote(s *secret) []string { return []string{s.note.IRI + `"`} }

// waysOut are all ways by which a record leaves the store over HTTP. Whoever adds a
// way – a feed, an export, a client's interface, a search – adds its line here, and
// nothing else: every viewer is sent there for every step of the ladder, born at it,
// narrowed to it and widened to it.
var waysOut = []wayOut{
	{name: "its page", seenBy: byPage, accept: asPage, path: pageOf, whole: true},
	{name: "its page in English", seenBy: byPage, accept: asPage, path: func(w *world, s *secret) string { return "/en" + pageOf(w, s) }, whole: true},
	{name: "its page under another name", seenBy: byPage, accept: asPage, path: func(_ *world, s *secret) string { return "/e/autre-" + s.record.ID.String() }},
	{name: "its page under another kind", seenBy: byNobody, accept: asPage, path: func(_ *world, s *secret) string { return "/n/" + s.record.ID.String() }},
	{name: "its id in a browser", seenBy: byPage, accept: asPage, path: objectOf("")},
	{name: "the page of its answer", seenBy: byPage, accept: asPage, path: func(_ *world, s *secret) string { return federation.PagePath(s.note.Envelope()) }},
	{name: "the form to change it", seenBy: byEditor, accept: asPage, path: onPage("/modifier")},
	{name: "the form, sent empty", seenBy: byEditor, accept: asPage, path: onPage("/modifier"), method: http.MethodPost, atMost: true},
	{name: "the question whether to delete it", seenBy: byEditor, accept: asPage, path: onPage("/supprimer")},
	{name: "the form to answer it", seenBy: byMember, accept: asPage, path: func(_ *world, s *secret) string { return "/actualites/nouvelle?sur=" + s.record.ID.String() }},
	{name: "where others send members", seenBy: byMember, accept: asPage, path: func(_ *world, s *secret) string { return "/authorize_interaction?uri=" + s.record.IRI }},
	{name: "the form to complain of it", seenBy: byMember, accept: asPage, path: func(_ *world, s *secret) string { return "/signaler?uri=" + s.record.IRI }},

	{name: "home", seenBy: byList, newest: 3, accept: asPage, path: at("/")},
	{name: "home in English", seenBy: byList, newest: 3, accept: asPage, path: at("/en/")},
	{name: "the list", seenBy: byList, accept: asPage, path: at("/experimentations")},
	{name: "the list, filtered", seenBy: byList, accept: asPage, path: at("/experimentations?stage=signal&origine=ici&themes=mobilite")},
	{name: "the lab", seenBy: byList, newest: 3, accept: asPage, path: at("/lab")},
	{name: "a theme", seenBy: byList, newest: 3, accept: asPage, path: at("/themes/mobilite")},
	{name: "a hashtag", seenBy: byList, accept: asPage, path: at("/themes/secrets")},
	{name: "the author", seenBy: byList, accept: asPage, path: at("/@author"), atMost: true},
	{name: "more of the author", seenBy: byList, accept: asPage, path: at("/@author?page=2"), atMost: true},
	{name: "the thread of another", seenBy: byList, accept: asPage, path: func(w *world, _ *secret) string { return federation.PagePath(w.root) }},
	{name: "the lab, seen as a neighbour", seenBy: byList, atMost: true, accept: asPage, path: func(w *world, _ *secret) string { return "/reseau/" + w.node.Host() + "/estran" }},
	{name: "what to publish", seenBy: byNobody, accept: asPage, path: at("/publier")},
	{name: "mutual aid", seenBy: byNobody, accept: asPage, path: at("/entraide")},
	{name: "the river", seenBy: byNobody, accept: asPage, path: at("/fil")},
	{name: "members", seenBy: byNobody, accept: asPage, path: at("/membres")},
	{name: "the network", seenBy: byNobody, accept: asPage, path: at("/reseau")},
	{name: "the labs that are known", seenBy: byNobody, accept: asDocument, path: at("/peers?after=0")},
	{name: "the sketch of what can be found here", seenBy: byNobody, accept: asDocument, path: at("/actors/estran/sketch")},
	{name: "what the lab says of itself", seenBy: byNobody, accept: asDocument, path: at("/actors/estran/descriptor")},
	{name: "the labs that are known, for those who run the node", seenBy: byNobody, accept: asPage, path: at("/admin/reseau")},
	{name: "the network as a table", seenBy: byNobody, accept: "*/*", path: at("/reseau.csv")},
	{name: "robots.txt", seenBy: byNobody, accept: asPage, path: at("/robots.txt")},
	{name: "what can be written without an account", seenBy: byNobody, accept: asPage, path: at("/contribuer")},
	{name: "a form without an account", seenBy: byNobody, accept: asPage, path: at("/contribuer/besoins")},
	{name: "the log of moderation", seenBy: byNobody, accept: asPage, path: at("/moderation")},
	{name: "the journal", seenBy: byPage, accept: asPage, path: at("/admin/journal"), atMost: true},
	{name: "the journal as a table", seenBy: byPage, accept: "*/*", path: at("/admin/journal.csv"), atMost: true},
	{name: "nothing", seenBy: byNobody, accept: asPage, path: at("/e/rien-1")},

	{name: "the list as a table", seenBy: byList, accept: "text/csv", path: at("/experimentations.csv")},
	{name: "the list on a map", seenBy: byList, accept: "*/*", path: at("/experimentations.geojson")},
	{name: "the map", seenBy: byList, newest: 20, accept: asPage, path: at("/carte")},
	{name: "the map, filtered", seenBy: byList, newest: 20, accept: asPage, path: at("/en/carte?kind=experiment&origine=ici&themes=mobilite&cadre=-6,40,10,52")},
	{name: "the data of the map", seenBy: byList, accept: "*/*", path: at("/carte.geojson")},
	{name: "the data of the map, filtered", seenBy: byList, accept: "*/*", path: at("/carte.geojson?kind=experiment&origine=ici&themes=mobilite&cadre=-6,40,10,52")},
	{name: "the list as linked data", seenBy: byList, accept: "*/*", path: at("/experimentations.jsonld"), atMost: true},
	{name: "the Atom feed", seenBy: byList, accept: "*/*", path: at("/experimentations.atom")},
	{name: "the RSS feed", seenBy: byList, accept: "*/*", path: at("/experimentations.rss?origine=ici")},
	{name: "the JSON feed", seenBy: byList, accept: "*/*", path: at("/experimentations.json")},
	{name: "the feed of news", seenBy: byList, accept: "*/*", path: at("/actualites.atom")},
	{name: "its data", seenBy: byPage, accept: "*/*", path: onPage(".jsonld")},
	{name: "its data under another kind", seenBy: byNobody, accept: "*/*", path: func(_ *world, s *secret) string { return "/n/" + s.record.ID.String() + ".jsonld" }},
	{name: "the search", seenBy: bySearch, accept: asPage, path: at("/recherche?themes=mobilite")},
	{name: "the search for a word", seenBy: bySearch, accept: asPage, path: at("/en/recherche?q=mobilite&kind=experiment&tri=recent")},
	{name: "the search of other nodes", seenBy: byEverybody, accept: asDocument, path: func(_ *world, s *secret) string { return "/search?limit=20&q=" + s.word("body") }, show: func(s *secret) []string { return []string{s.word("pitch")} }},
	{name: "the search further away", seenBy: bySearch, accept: asPage, path: at("/recherche?q=mobilite&loin=1")},
	{name: "who has done it already", seenBy: bySearch, accept: asPage, path: at("/deja-fait?themes=mobilite")},
	{name: "the Atom feed of a search", seenBy: bySearch, accept: "*/*", path: at("/recherche.atom?themes=mobilite")},
	{name: "the RSS feed of a search", seenBy: bySearch, accept: "*/*", path: at("/en/recherche.rss?themes=mobilite")},
	{name: "the JSON feed of a search", seenBy: bySearch, accept: "*/*", path: at("/recherche.json?q=mobilite")},
	{name: "a search on a map", seenBy: bySearch, accept: "*/*", path: at("/recherche.geojson?themes=mobilite")},
	{name: "a search as linked data", seenBy: bySearch, accept: "*/*", path: at("/recherche.jsonld?themes=mobilite"), atMost: true},
	{name: "the codebook", seenBy: byNobody, accept: "*/*", path: at("/experimentations.codebook.csv")},
	{name: "its card", seenBy: byNobody, accept: "*/*", path: onPage(".png")},
	{name: "its poster", seenBy: byEverybody, accept: asPage, path: onPage("/affiche")},
	{name: "its frame", seenBy: byEverybody, accept: asPage, path: func(w *world, s *secret) string { return "/embed" + pageOf(w, s) }, show: func(s *secret) []string { return []string{s.word("pitch")} }},
	{name: "the map in a frame", seenBy: byEverybody, newest: 20, accept: asPage, path: at("/embed/carte")},
	{name: "a part of the map in a frame", seenBy: byEverybody, newest: 20, accept: asPage, path: at("/embed/carte?kind=experiment&cadre=-6,40,10,52")},
	{name: "the list in a frame", seenBy: byEverybody, accept: asPage, path: at("/embed/experimentations")},
	{name: "the code of its frame", seenBy: byEverybody, accept: asPage, path: func(w *world, s *secret) string { return "/integrer?fiche=" + w.node.URL + pageOf(w, s) }, show: func(*secret) []string { return []string{"&lt;iframe"} }},
	{name: "its oEmbed", seenBy: byEverybody, accept: "*/*", path: func(w *world, s *secret) string { return "/oembed?url=" + url.QueryEscape(w.node.URL+pageOf(w, s)) }, show: func(*secret) []string { return []string{`"rich"`} }},
	{name: "the site map", seenBy: byEverybody, accept: "*/*", path: at("/sitemap-experimentations.xml"), show: func(s *secret) []string { return []string{"-" + s.record.ID.String() + "<"} }},
	{name: "where to follow from", seenBy: byNobody, accept: asPage, path: func(_ *world, s *secret) string { return "/suivre?objet=" + s.record.IRI }},
	{name: "the notices", seenBy: byMember, accept: asPage, path: at("/notifications"), atMost: true},
	{name: "the choice of letters", seenBy: byNobody, accept: asPage, path: at("/mon-compte/courriels")},
	{name: "what to subscribe to, of a record", seenBy: byNobody, accept: asPage, path: func(_ *world, s *secret) string { return "/abonnements?liste=/o/" + s.record.ID.String() }},
	{name: "what to subscribe to", seenBy: byNobody, accept: asPage, path: at("/abonnements")},
	{name: "a snapshot", seenBy: byEverybody, accept: "*/*", path: func(w *world, s *secret) string { return w.snapshot() }, show: func(s *secret) []string { return []string{s.word("title"), s.word("problem")} }},
	{name: "the catalogue of data sets", seenBy: byNobody, accept: "*/*", path: at("/catalogue.jsonld")},
	{name: "the catalogue of data sets in Turtle", seenBy: byNobody, accept: "*/*", path: at("/catalogue.ttl?page=2")},
	{name: "the key figures", seenBy: byNobody, accept: asPage, path: at("/chiffres")},
	{name: "the key figures as a table", seenBy: byNobody, accept: "*/*", path: at("/chiffres.csv")},
	{name: "the key figures for machines", seenBy: byNobody, accept: "*/*", path: at("/indicators.json")},
	{name: "the annual report", seenBy: byList, accept: asPage, path: func(w *world, _ *secret) string { return "/bilan/" + w.node.Store.Now().Format("2006") }},
	{name: "the data sets", seenBy: byNobody, accept: asPage, path: at("/donnees")},

	{name: "its status", seenBy: byDocument, accept: "application/json", path: apiOf(""), atMost: true},
	{name: "the context of its status", seenBy: byDocument, accept: "application/json", path: apiOf("/context"), atMost: true},
	{name: "the history of its status", seenBy: byDocument, accept: "application/json", path: apiOf("/history"), atMost: true},
	{name: "the source of its status", seenBy: byDocument, accept: "application/json", path: apiOf("/source"), atMost: true},
	{name: "the status of its answer", seenBy: byDocument, accept: "application/json", path: func(_ *world, s *secret) string { return "/api/v1/statuses/" + s.note.ID.String() }, atMost: true},
	{name: "the public timeline", seenBy: byEverybody, accept: "application/json", path: at("/api/v1/timelines/public?limit=40")},
	{name: "the local timeline", seenBy: byEverybody, accept: "application/json", path: at("/api/v1/timelines/public?local=true&limit=40")},
	{name: "the timeline of a tag", seenBy: byEverybody, accept: "application/json", path: at("/api/v1/timelines/tag/secrets?limit=40")},
	{name: "the home timeline", seenBy: byDocument, accept: "application/json", path: at("/api/v1/timelines/home?limit=40"), atMost: true},
	{name: "the statuses of the lab", seenBy: byDocument, accept: "application/json", path: func(w *world, _ *secret) string {
		return "/api/v1/accounts/" + w.node.Lab.ID.String() + "/statuses?limit=40"
	}, atMost: true},
	{name: "the conversations", seenBy: byDocument, accept: "application/json", path: at("/api/v1/conversations?limit=40"), atMost: true},
	{name: "the notifications", seenBy: byDocument, accept: "application/json", path: at("/api/v1/notifications?limit=80&include_filtered=true"), atMost: true},
	{name: "the grouped notifications", seenBy: byDocument, accept: "application/json", path: at("/api/v2/notifications"), atMost: true},
	{name: "what is kept back of the notifications", seenBy: byDocument, accept: "application/json", path: at("/api/v1/notifications/requests"), atMost: true},
	{name: "what is popular", seenBy: byEverybody, accept: "application/json", path: at("/api/v1/trends/statuses?limit=40"), atMost: true},
	{name: "the card of its status", seenBy: byDocument, accept: "application/json", path: apiOf("/card"), atMost: true},
	{name: "its status among others", seenBy: byDocument, accept: "application/json", path: func(_ *world, s *secret) string { return "/api/v1/statuses?id[]=" + s.record.ID.String() }, atMost: true},
	{name: "the poll of its status", seenBy: byNobody, accept: "application/json", path: func(_ *world, s *secret) string { return "/api/v1/polls/" + s.record.ID.String() }},
	{name: "what is said about its page", seenBy: byDocument, accept: "application/json", path: func(_ *world, s *secret) string { return "/api/v1/timelines/link?url=" + s.record.IRI }, atMost: true},
	{name: "what the lab pinned", seenBy: byDocument, accept: "application/json", path: func(w *world, _ *secret) string {
		return "/api/v1/accounts/" + w.node.Lab.ID.String() + "/statuses?pinned=true&limit=40"
	}, atMost: true},
	{name: "the search of an app", seenBy: byDocument, accept: "application/json", path: func(_ *world, s *secret) string { return "/api/v2/search?q=" + s.word("title") }, atMost: true, show: func(s *secret) []string { return []string{s.word("pitch")} }},

	{name: "administration", seenBy: byNobody, accept: asPage, path: at("/admin")},
	{name: "a server of the network", seenBy: byNobody, accept: asPage, path: func(w *world, _ *secret) string {
		return "/admin/reseau/serveurs/" + w.follower[strings.Index(w.follower, "@")+1:]
	}},
	{name: "deliveries", seenBy: byNobody, accept: asPage, path: at("/admin/livraisons")},
	{name: "circles", seenBy: byNobody, accept: asPage, path: at("/admin/cercles")},
	{name: "reports", seenBy: byNobody, accept: asPage, path: at("/admin/signalements")},
	{name: "own complaints", seenBy: byNobody, accept: asPage, path: at("/mon-compte/signalements")},
	{name: "restricted accounts", seenBy: byNobody, accept: asPage, path: at("/admin/comptes")},
	{name: "moderation", seenBy: byNobody, accept: asPage, path: at("/admin/moderation")},
	{name: "jobs", seenBy: byNobody, accept: asPage, path: at("/admin/taches")},
	{name: "imports", seenBy: byNobody, accept: asPage, path: at("/admin/imports")},
	{name: "the account", seenBy: byNobody, accept: asPage, path: at("/mon-compte")},
	{name: "my circles", seenBy: byNobody, accept: asPage, path: at("/mon-compte/cercles")},

	{name: "the object", seenBy: byDocument, accept: asDocument, path: objectOf(""), whole: true},
	{name: "the object at its page", seenBy: byDocument, accept: asDocument, path: pageOf, whole: true},
	{name: "the object of its answer", seenBy: byDocument, accept: asDocument, path: func(_ *world, s *secret) string { return "/o/" + s.note.ID.String() }},
	{name: "its last activity", seenBy: byActivity, accept: asDocument, path: func(_ *world, s *secret) string { return s.activity }},
	{name: "its Create", seenBy: byDocument, accept: asDocument, path: func(_ *world, s *secret) string { return s.first }, atMost: true},
	{name: "its answers", seenBy: byAnybodyWithTheAddress, accept: asDocument, path: objectOf("/replies"), show: func(s *secret) []string { return []string{s.id() + "/replies?page"} }},
	{name: "its likes", seenBy: byAnybodyWithTheAddress, accept: asDocument, path: objectOf("/likes"), show: func(s *secret) []string { return []string{s.id() + `/likes"`} }},
	{name: "its shares", seenBy: byAnybodyWithTheAddress, accept: asDocument, path: objectOf("/shares"), show: func(s *secret) []string { return []string{s.id() + `/shares"`} }},
	{name: "the outbox", seenBy: byEverybody, accept: asDocument, path: at("/actors/estran/outbox?page=true")},
	{name: "the posts", seenBy: byEverybody, accept: asDocument, path: at("/actors/estran/posts?page=true")},
	{name: "what is featured", seenBy: byEverybody, accept: asDocument, path: at("/actors/estran/featured"), show: iriOfRecord},
	{name: "its conversation", seenBy: byAnybodyWithTheAddress, accept: asDocument, path: objectOf("/context?page=true"), show: iriOfRecord},
	{name: "the conversation of another", seenBy: byEverybody, accept: asDocument, path: func(w *world, _ *secret) string { return "/o/" + w.root.ID.String() + "/context?page=true" }, show: iriOfNote},
	{name: "the directory of members", seenBy: byNobody, accept: asDocument, path: at("/actors/estran/directory")},
	{name: "the answers to another", seenBy: byEverybody, accept: asDocument, path: func(w *world, _ *secret) string { return "/o/" + w.root.ID.String() + "/replies?page=true" }, show: iriOfNote},
	{name: "the catalogue", seenBy: byCatalogue, accept: asDocument, path: at("/actors/estran/catalog?page=1")},
	{name: "the catalogue's feed", seenBy: byCatalogue, accept: asDocument, path: at("/actors/estran/catalog/feed")},
	{name: "its bucket of the catalogue", seenBy: byCatalogue, accept: asDocument, path: bucketOf, show: iriOfRecord},
	{name: "the catalogue's head", seenBy: byNobody, accept: asDocument, path: at("/actors/estran/catalog")},
	{name: "the author's outbox", seenBy: byNobody, accept: asDocument, path: at("/actors/author/outbox?page=true")},
	{name: "the actor", seenBy: byNobody, accept: asDocument, path: at("/actors/estran")},
	{name: "the server", seenBy: byNobody, accept: asDocument, path: at("/actor")},
	{name: "followers", seenBy: byNobody, accept: asDocument, path: at("/actors/estran/followers?page=true")},
	{name: "the inbox", seenBy: byNobody, accept: asDocument, path: at("/actors/estran/inbox")},
	{name: "WebFinger", seenBy: byNobody, accept: "application/jrd+json", path: at("/.well-known/webfinger?resource=acct:estran")},
	{name: "NodeInfo", seenBy: byNobody, accept: "application/json", path: at("/nodeinfo/2.1")},
}

// steps are the steps of the ladder, as the letters of the table stand for them.
var steps = []string{"team", "circle", "lab", "followed-labs", "unlisted", "public", "site", "named"}

// A column says for every viewer which steps show: an x for each, in their order.
type column func(r row) string

// The columns. The last four are the same for all viewers.
func byPage(r row) string     { return r.page }
func byList(r row) string     { return r.list }
func byMember(r row) string   { return r.member }
func byEditor(r row) string   { return r.editor }
func byDocument(r row) string { return r.document }
func byActivity(r row) string { return r.activity }

// byCatalogue is what stands in lists for labs: those who are named see the rest.
func byCatalogue(r row) string { return r.catalogue }

func byNobody(row) string                { return "--------" }
func byEverybody(row) string             { return "-----x--" } // what is public, and never pointed to otherwise
func byAnybodyWithTheAddress(row) string { return "----xx--" }

// bySearch is what is public, and for members in a browser also what is for all of
// them.
func bySearch(r row) string {
	if strings.HasPrefix(r.list, "-----x") {
		return byEverybody(r)
	}
	return "--xx-x--"
}

type row struct{ page, list, member, editor, document, activity, catalogue string }

// ladder is who sees what, written down by hand: nothing here is asked of the
// program. A browser has a session, an app a token, a server a signature, and none
// counts where another is asked for. The records are the author's; the insider
// belongs to their circle, the outsider to another one.
var ladder = map[string]row{
	"visitor": {"----xxx-", "-----xx-", "--------", "--------", "----xx--", "-----x--", "-----x--"},

	"author in a browser":        {"xxxxxxxx", "xxxxxxxx", "xxxxxxxx", "xxxxxxxx", "----xx--", "-----x--", "-----x--"},
	"colleague in a browser":     {"--xxxxx-", "--xx-xx-", "--xxxxx-", "--------", "----xx--", "-----x--", "-----x--"},
	"insider in a browser":       {"-xxxxxxx", "-xxx-xxx", "-xxxxxxx", "--------", "----xx--", "-----x--", "-----x--"},
	"outsider in a browser":      {"--xxxxx-", "--xx-xx-", "--xxxxx-", "--------", "----xx--", "-----x--", "-----x--"},
	"moderator in a browser":     {"--xxxxx-", "--xx-xx-", "--xxxxx-", "--------", "----xx--", "-----x--", "-----x--"},
	"animator in a browser":      {"xxxxxxx-", "xxxxxxx-", "xxxxxxx-", "xxxxxxx-", "----xx--", "-----x--", "-----x--"},
	"administrator in a browser": {"xxxxxxx-", "xxxxxxx-", "xxxxxxx-", "xxxxxxx-", "----xx--", "-----x--", "-----x--"},

	"author in an app":        {"----xxx-", "-----xx-", "--------", "--------", "xxxxxxxx", "xxxxxxxx", "-----x--"},
	"colleague in an app":     {"----xxx-", "-----xx-", "--------", "--------", "--xxxxx-", "--xxxxx-", "-----x--"},
	"insider in an app":       {"----xxx-", "-----xx-", "--------", "--------", "-xxxxxxx", "-xxxxxxx", "-----x--"},
	"outsider in an app":      {"----xxx-", "-----xx-", "--------", "--------", "--xxxxx-", "--xxxxx-", "-----x--"},
	"moderator in an app":     {"----xxx-", "-----xx-", "--------", "--------", "--xxxxx-", "--xxxxx-", "-----x--"},
	"animator in an app":      {"----xxx-", "-----xx-", "--------", "--------", "xxxxxxx-", "xxxxxxx-", "-----x--"},
	"administrator in an app": {"----xxx-", "-----xx-", "--------", "--------", "xxxxxxx-", "xxxxxxx-", "-----x--"},

	"mutual lab":               {"----xxx-", "-----xx-", "--------", "--------", "---xxx--", "-----x--", "---x-x--"},
	"server of the mutual lab": {"----xxx-", "-----xx-", "--------", "--------", "---xxx--", "-----x--", "---x-x--"},
	"late lab":                 {"----xxx-", "-----xx-", "--------", "--------", "---xxx--", "-----x--", "---x-x--"},
	"server of the late lab":   {"----xxx-", "-----xx-", "--------", "--------", "---xxx--", "-----x--", "---x-x--"},
	"other lab":                {"----xxx-", "-----xx-", "--------", "--------", "----xx--", "-----x--", "-----x--"},
	"server of the other lab":  {"----xxx-", "-----xx-", "--------", "--------", "----xx--", "-----x--", "-----x--"},
	"follower":                 {"----xxx-", "-----xx-", "--------", "--------", "----xx-x", "-----x--", "-----x--"},
	"server of the follower":   {"----xxx-", "-----xx-", "--------", "--------", "----xx--", "-----x--", "-----x--"},
}

// TestEveryWayOutKeepsToTheLadder walks every way out for every step of the ladder
// and every kind of viewer: of records that were at their step from the beginning,
// and of those that were public or the team's first.
func TestEveryWayOutKeepsToTheLadder(t *testing.T) { // V01, V02
	t.Parallel()
	for name, before := range map[string]store.Audience{"born": "", "narrowed": store.Public, "widened": store.Team} {
		if simnet.Raced && name != "born" {
			continue // as with the simulations, the rest is walked without the race detector
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if got, want := slices.Sorted(maps.Keys(w.viewers)), slices.Sorted(maps.Keys(ladder)); !slices.Equal(got, want) {
				t.Fatalf("viewers are %v, the table has %v", got, want)
			}
			var secrets []*secret
			for _, step := range steps {
				secrets = append(secrets, w.tell(step, before))
			}
			if before != "" {
				w.walk(secrets, some, nil) // what is kept anywhere is kept now
			}
			for _, s := range secrets {
				w.moveTo(s)
			}
			w.followBack(w.peers["late lab"])
			w.walk(secrets, slices.Collect(maps.Keys(ladder)), asWritten)
			if len(w.inner) != len(steps) {
				t.Errorf("what is for those who may change a record was found at %v only", w.inner)
			}
			w.deleteAll(secrets)
			w.walk(secrets, some, nothing)
			w.tombstones(secrets)
		})
	}
}

// audience is the step of a name.
func (w *world) audience(step string) store.Audience {
	if step == "circle" {
		return w.circles["inside"].Audience()
	}
	return store.Audience(step)
}

// tell publishes the secret of a step: at once, or for another audience first.
func (w *world) tell(step string, first store.Audience) *secret {
	s := &secret{step: step}
	audience := w.audience(step)
	if first != "" {
		audience = first
	}
	author := w.members["author"]
	w.letIn(author, true)
	defer w.letIn(author, false)
	s.record = &store.Experiment{Stage: "idees", Problem: s.word("problem"), StageNote: s.word("stagenote"), Mandated: true, Record: store.Record{
		Kind: "experiment", Title: s.word("title"), Pitch: s.word("pitch"), Body: s.word("body"), Lang: "fr", Audience: audience,
		Attachments: []store.Attachment{{URL: w.node.URL + "/media/x.pdf", Name: s.word("file"), MediaType: "application/pdf"}},
		Themes:      []string{"mobilite"}, Tags: []string{"secrets"}, Territory: []string{"region:53"},
		Image: &store.Image{URL: w.node.URL + "/media/x.png", MediaType: "image/png", Alt: s.word("alt"), Width: 3, Height: 2},
	}}
	if s.step == string(store.Named) {
		s.record.Body += " @insider @" + w.follower
	}
	s.record.Partners = store.Entries[store.Partner]{{Org: s.word("partner")}}
	s.record.Sponsors = store.Entries[store.Sponsor]{{Name: s.word(inner)}}
	create := &federation.Activity{Verb: "Create", Actor: w.node.Lab.IRI, Item: s.record}
	w.apply(author, create)
	s.first = strings.TrimPrefix(create.IRI, w.node.URL)
	s.note = &store.News{Record: store.Record{Kind: "news", Body: strings.Replace(s.record.Body, s.word("body"), s.word("reply"), 1), Lang: "fr", Audience: audience, InReplyTo: w.root.IRI}}
	w.publish(author, s.note)
	w.changeStage(s) // with a note about it, where it leaves the node
	w.apply(w.members["animator"], &federation.Activity{Verb: "Add", Actor: w.node.Lab.IRI, Object: s.record.IRI})
	return s
}

// letIn puts a member into the circle of the records, and takes him out: who saves
// for a circle belongs to it, and the author must see without.
func (w *world) letIn(member *store.Actor, in bool) {
	w.update(func(tx *store.Txn) error {
		c, err := tx.Circle(w.circles["inside"].ID)
		if err != nil {
			return err
		}
		c.Members = []string{w.members["insider"].IRI}
		if in {
			c.Members = append(c.Members, member.IRI)
		}
		return tx.PutCircle(c)
	})
}

func (w *world) changeStage(s *secret) {
	s.record.Stage = "signal"
	w.save(s)
}

// moveTo gives the records of a secret the audience of its step.
func (w *world) moveTo(s *secret) {
	w.letIn(w.members["author"], true)
	defer w.letIn(w.members["author"], false)
	s.record.Audience, s.note.Audience = w.audience(s.step), w.audience(s.step)
	w.publish(w.members["author"], s.note)
	w.save(s)
}

func (w *world) save(s *secret) {
	update := &federation.Activity{Verb: "Update", Actor: w.node.Lab.IRI, Item: s.record}
	w.apply(w.members["author"], update)
	s.activity = strings.TrimPrefix(update.IRI, w.node.URL)
}

// some are viewers of every kind, for walks on which all should see the same.
var some = []string{"visitor", "author in a browser", "animator in an app", "mutual lab"}

// walk sends viewers along every way out, and compares with what is expected;
// nil compares nothing. Addresses that several steps share are asked for once.
func (w *world) walk(secrets []*secret, viewers []string, expected func(way wayOut, viewer string, step int) bool) {
	for _, viewer := range viewers {
		ask, answers := w.viewers[viewer], map[string]string{}
		for _, way := range waysOut {
			for step, s := range secrets {
				path := way.path(w, s)
				key := way.method + path + way.accept
				if _, known := answers[key]; !known {
					_, said := ask(cmp.Or(way.method, http.MethodGet), path, way.accept)
					answers[key] = withoutEcho(said, path)
				}
				if expected != nil {
					what := fmt.Sprintf("%s (%s) for %s: %s", way.name, path, viewer, s.step)
					w.compare(what, way, s, answers[key], expected(way, viewer, step))
					w.compareInner(what, s, answers[key], expected(wayOut{seenBy: byEditor}, viewer, step))
				}
			}
		}
	}
}

// asWritten is what the table says.
func asWritten(way wayOut, viewer string, step int) bool {
	seen := way.seenBy(ladder[viewer])
	return seen[step] == 'x' && (way.newest == 0 || strings.Count(seen[step:], "x") <= way.newest)
}

func nothing(wayOut, string, int) bool { return false }

// withoutEcho takes the address that was asked for out of the answer: whoever asks
// knows it, with the title that is in it.
func withoutEcho(said, path string) string {
	path = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(path, "/en"), "/modifier"), "/supprimer")
	if !strings.HasPrefix(path, "/e/") {
		return said
	}
	return strings.NewReplacer(path, "", url.QueryEscape(path), "").Replace(said)
}

// compare holds what was said against what should be seen.
func (w *world) compare(what string, way wayOut, s *secret, said string, want bool) {
	w.t.Helper()
	show := s.words()
	if way.show != nil {
		show = way.show(s)
	}
	seen := slices.ContainsFunc(show, func(word string) bool { return strings.Contains(said, word) })
	if seen && !want {
		w.t.Errorf("%s: LEAKS", what)
	}
	if !seen && want && !way.atMost {
		w.t.Errorf("%s: does not show", what)
	}
	if seen && way.whole {
		for _, f := range fields {
			if !strings.Contains(said, s.word(f)) {
				w.t.Errorf("%s: %s is missing", what, f)
			}
		}
	}
}

// compareInner looks for the field that only those find who may change the record.
func (w *world) compareInner(what string, s *secret, said string, editor bool) {
	w.t.Helper()
	if strings.Contains(said, s.word(inner)) {
		w.inner[s.step]++
		if !editor {
			w.t.Errorf("%s: LEAKS what is for those who may change it", what)
		}
	}
}

func (w *world) deleteAll(secrets []*secret) {
	for _, s := range secrets {
		for _, r := range []*store.Record{s.record.Envelope(), s.note.Envelope()} {
			w.apply(w.members["author"], &federation.Activity{Verb: "Delete", Actor: r.Lab, Object: r.IRI})
		}
	}
}

// tombstones: what was open is said to be gone, and of all else there is no trace.
func (w *world) tombstones(secrets []*secret) {
	for viewer, ask := range w.viewers {
		for step, s := range secrets {
			want := http.StatusNotFound
			if byAnybodyWithTheAddress(row{})[step] == 'x' {
				want = http.StatusGone
			}
			if status, _ := ask(http.MethodGet, s.id(), asDocument); status != want {
				w.t.Errorf("deleted %s for %s: got %d, want %d", s.step, viewer, status, want)
			}
		}
	}
}
