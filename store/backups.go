package store

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// The settings that tell of backups. The copies themselves lie outside.
const (
	settingBackedUp = "backed-up"
	settingVerified = "backup-verified-" // and the name of an archive
	settingPace     = "backup-pace"
)

// BackupPace is how often the node makes a backup by itself. It ends message keys
// "backup.pace-".
type BackupPace string

// The paces.
const (
	BackupsByHand BackupPace = "by-hand" // somebody or something else does
	BackupsDaily  BackupPace = "daily"
	BackupsWeekly BackupPace = "weekly"
)

// BackupPaces are all, in the order in which they are offered.
var BackupPaces = []BackupPace{BackupsByHand, BackupsDaily, BackupsWeekly}

// backupsEvery is the time from one to the next.
var backupsEvery = map[BackupPace]time.Duration{BackupsDaily: 24 * time.Hour, BackupsWeekly: 7 * 24 * time.Hour}

// SetBackupPace says how often the node makes a backup by itself from now on. Errors:
// *FieldError of "pace".
func (t *Txn) SetBackupPace(pace BackupPace) error {
	if !slices.Contains(BackupPaces, pace) {
		return &FieldError{Field: "pace", Reason: "error.choice"}
	}
	t.PutSetting(settingPace, []byte(pace))
	return nil
}

// BackupPace is what SetBackupPace said last; BackupsByHand when nobody did.
func (t *Txn) BackupPace() BackupPace {
	return cmp.Or(BackupPace(t.Setting(settingPace)), BackupsByHand)
}

// NextBackup is when the node is to make the next backup by itself: after the last one,
// whoever made it, or at once. Zero: it makes none.
func (t *Txn) NextBackup() time.Time {
	every, ok := backupsEvery[t.BackupPace()]
	if !ok {
		return time.Time{}
	}
	if last := t.BackedUp(); !last.IsZero() {
		return last.Add(every)
	}
	return t.now
}

// NoteBackup remembers that a backup was made now.
func (t *Txn) NoteBackup() { t.PutSetting(settingBackedUp, []byte(t.now.Format(time.RFC3339))) }

// BackedUp is when the last backup was made; zero: there was none.
func (t *Txn) BackedUp() time.Time {
	when, err := time.Parse(time.RFC3339, string(t.Setting(settingBackedUp)))
	if err != nil {
		return time.Time{}
	}
	return when
}

// BackupReading is what came of reading a backup once more.
type BackupReading struct {
	When   time.Time `json:"when"`
	Damage string    `json:"damage,omitempty"` // empty: it is whole
}

// PutBackupRead keeps it for the archive of this name.
func (t *Txn) PutBackupRead(name string, v BackupReading) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	t.PutSetting(settingVerified+name, b)
}

// BackupRead is what PutBackupRead kept; zero: nothing.
func (t *Txn) BackupRead(name string) (v BackupReading) {
	t.getJSON(key(tMeta, "set/", settingVerified+name), &v)
	return v
}

// EndVisits ends what lets a browser in, for a store that is older than it looks:
// sessions and logins, codes of apps that were not changed for a token yet, and links
// that work once. It ends at most limit and says how many. Tokens of apps stay.
func (t *Txn) EndVisits(limit int) int {
	n := 0
	for _, table := range []string{tSession, tLogin, tCode, tToken} {
		for k, v := range t.scan([]byte(table), false) {
			var row struct {
				Once bool `json:"once"`
			}
			mustDecode(k, v, &row)
			if table == tToken && !row.Once {
				continue
			}
			t.tx.Delete(key(table, k))
			if n++; n >= limit {
				return n
			}
		}
	}
	return n
}
