package store

// What tests of the package from outside need of its inside.

// Schema is the version that this code writes.
const Schema = schema

// Migrations is how many there are.
var Migrations = len(migrations)

// KeySchema is where the version lies.
var KeySchema = keySchema

// OccupyRecord makes an id taken.
func (t *Txn) OccupyRecord(id ID) { t.tx.Put(key(tRecord, id), nil) }

// Encode is what the out-log keeps of an entry.
func (o *Outgoing) Encode() []byte { return o.encode() }

// DecodeOutgoing reads it back.
func DecodeOutgoing(seq ID, b []byte) *Outgoing { return decodeOutgoing(seq, b) }

// ListsAll is Viewer.listsAll.
func (v Viewer) ListsAll(a Audience, remote bool) (may, known bool) { return v.listsAll(a, remote) }

// MembersIndexed is the migration to schema 3.
var MembersIndexed = membersIndexed

// LoseMembers makes the store one of schema 2.
func (t *Txn) LoseMembers() {
	for k := range t.scan([]byte(tMember), false) {
		t.tx.Delete(key(tMember, k))
	}
}

// RecordsPinned is the migration to schema 5.
var RecordsPinned = recordsPinned

// CampaignsListed is the migration to schema 6.
var CampaignsListed = campaignsListed

// LoseCampaigns makes the store one of schema 5.
func (t *Txn) LoseCampaigns() {
	for k, v := range t.scan([]byte(tByKind), false) {
		t.tx.Put(k, v[:listingHead])
	}
}

// LosePins makes the store one of schema 4.
func (t *Txn) LosePins() {
	for k := range t.scan([]byte(tPin), false) {
		t.tx.Delete(key(tPin, k))
	}
}
