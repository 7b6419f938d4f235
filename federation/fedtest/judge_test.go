//go:build peers

package fedtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// A verdict is what the judge says of one of its cases.
type verdict struct {
	Case    string `json:"case"`
	Outcome string `json:"outcome"`
	Info    string `json:"info"`
	Content string `json:"content"`
}

// judged is what each case comes to. Those that are not passed, and why:
//
//   - An actor here has no liked, likes or shares; an object has the latter two.
//   - An inbox is nobody's to read (ActivityPub §5.2): GET is answered 405, also to
//     the lab's members, who read the river and the notifications.
//   - An outbox comes in pages; the judge looks only into its root.
//   - The text of an Update is kept, but goes out as the HTML paragraph that it is;
//     the judge wants it back letter by letter.
var judged = map[string]string{
	"actor-must-serve-as2-object-to-get":                                 "passed",
	"actor-objects-must-have-inbox-outbox-properties":                    "passed",
	"inbox-must-be-an-orderedcollection":                                 "inapplicable",
	"outbox-must-be-an-orderedcollection":                                "passed",
	"followers-collection-must-be-a-collection":                          "passed",
	"following-collection-must-be-a-collection":                          "passed",
	"liked-collection-must-be-a-collection":                              "inapplicable",
	"likes-collection-must-be-a-collection":                              "inapplicable",
	"likes-collection-must-be-a-collection, of an object":                "passed",
	"shares-collection-must-be-a-collection":                             "inapplicable",
	"shares-collection-must-be-a-collection, of an object":               "passed",
	"outbox-post-servers-must-return-a-201-created-http-code":            "passed",
	"outbox-post-must-accept-non-activity-object":                        "passed",
	"outbox-wraps-object-with-create-checked-using-get-location":         "passed",
	"post-outbox-server-overwrites-id-property":                          "passed",
	"outbox-post-server-adds-to-outbox-collection-checked-by-outbox-get": "notFound",
	"create-then-update-modifies-object-checked-by-get":                  "failed",
}

func TestJudgeOfSocialWebCoop(t *testing.T) {
	n := Start(t, "estran")
	item := experiment("Jugé", store.Public)
	publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: item})
	open := maps.Clone(judged)
	for _, v := range judge(t, n.Lab.IRI, item.IRI, tokenOf(t, n, "lea", store.Admin, "read", "write")) {
		if v.Outcome != judged[v.Case] {
			t.Errorf("%s: %s (%s), want %q", v.Case, v.Outcome, v.Info, judged[v.Case])
		}
		if v.Outcome == "failed" && v.Content != "<p>v1</p>" {
			t.Errorf("%s: content %q, want the updated text as a paragraph", v.Case, v.Content)
		}
		delete(open, v.Case)
	}
	for slug := range open {
		t.Errorf("%s: no verdict", slug)
	}
	page, err := io.ReadAll(n.Get("/actors/estran/outbox?page=true").Body)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(page, []byte("<p>Bonjour</p>")) {
		t.Errorf("the first page of the outbox lacks what was posted: %s", page)
	}
}

func judge(t *testing.T, actor, object, token string) (verdicts []verdict) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", "judge.mjs", actor, object, token)
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = peersDir+"/judge", &out, os.Stderr
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	for lines := json.NewDecoder(&out); ; {
		var v verdict
		err := lines.Decode(&v)
		if errors.Is(err, io.EOF) {
			return verdicts
		}
		if err != nil {
			t.Fatal(err)
		}
		verdicts = append(verdicts, v)
	}
}
