package admin

import (
	"net/http"
	"os"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
	"github.com/essaim/essaim/web/assets"
)

const (
	backupsPath = "/admin/sauvegardes"
	// refreshBackups is how often the page loads again while one is made, in seconds.
	refreshBackups = 5
)

// backupsPage is "admin-backups.html".
type backupsPage struct {
	top
	Last     time.Time // of any backup, also of those that lie elsewhere; zero: never
	Stale    bool
	Archives []archiveRow
	Busy     bool
	Trouble  string // why the last one failed
	Stuck    bool   // and was given up
	Empty    assets.Empty
	Fields   []assets.Field // how often the node makes one by itself
	Next     time.Time      // zero: never
}

// archiveRow is an archive on the node's own disk.
type archiveRow struct {
	backup.Archive
	Megabytes string
	State     assets.Badge
	Verified  time.Time
	Damage    string
}

// staleBackup is when a backup should have been made.
const staleBackup = 8 * 24 * time.Hour

func (p *Pages) backupRoutes(r *mux.Router) {
	if p.Backups.Dir == "" {
		return
	}
	p.may(r, store.Dispose, backupsPath, p.backups)
	p.may(r, store.Dispose, backupsPath+"/{name}", p.downloadBackup)
}

// backups is /admin/sauvegardes: what there is, and orders for more.
func (p *Pages) backups(w http.ResponseWriter, r *http.Request) error {
	switch {
	case isPost(r) && r.PostForm.Has("pace"):
		return p.paceBackups(w, r)
	case isPost(r):
		return p.orderBackup(w, r)
	}
	list, err := p.Backups.List()
	if err != nil {
		return err
	}
	page := backupsPage{
		top:   p.admin(r, p.t(r, "backup.title"), backupsPath),
		Empty: assets.Empty{Title: p.t(r, "backup.none"), Text: p.t(r, "backup.none-text")},
	}
	err = p.view(r, func(tx *store.Txn) error {
		page.Archives = nil
		for _, a := range list {
			page.Archives = append(page.Archives, p.archiveRow(r, a, tx.BackupRead(a.Name)))
		}
		page.Last = tx.BackedUp()
		page.Fields, page.Next = p.paceFields(r, tx.BackupPace()), tx.NextBackup()
		page.Stale = tx.Now().Sub(page.Last) > staleBackup
		for j := range tx.JobsOf(backup.Job) {
			page.Busy, page.Stuck, page.Trouble = !j.Stuck, j.Stuck, j.Error
		}
		return nil
	})
	if err != nil {
		return err
	}
	if page.Busy {
		page.Refresh = refreshBackups
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-backups.html", page)
}

func (p *Pages) archiveRow(r *http.Request, a backup.Archive, v store.BackupReading) archiveRow {
	row := archiveRow{Archive: a, Megabytes: megabytes(r, a.Size), Verified: v.When, Damage: v.Damage}
	row.State = assets.Badge{Tone: "ok", Text: p.t(r, "backup.whole")}
	if v.Damage != "" {
		row.State = assets.Badge{Tone: "err", Text: p.t(r, "backup.damaged")}
	}
	if row.Verified.IsZero() { // none gets its name before it was read once
		row.Verified = a.Made
	}
	return row
}

// megabytes is a size with one decimal less than people want, rounded up.
func megabytes(r *http.Request, size int64) string {
	return assets.LangOf(r.Context()).Number((size + 1<<20 - 1) >> 20)
}

func (p *Pages) paceFields(r *http.Request, now store.BackupPace) []assets.Field {
	f := assets.Field{Name: "pace", Label: p.t(r, "backup.pace"), Hint: p.t(r, "backup.pace-hint"), Type: "select", Value: string(now)}
	for _, pace := range store.BackupPaces {
		f.Choices = append(f.Choices, assets.Choice{Value: string(pace), Text: p.t(r, "backup.pace-"+string(pace))})
	}
	return []assets.Field{f}
}

// paceBackups says how often the node makes one by itself.
func (p *Pages) paceBackups(w http.ResponseWriter, r *http.Request) error {
	pace := store.BackupPace(r.PostForm.Get("pace"))
	err := p.change(r, store.JournalEntry{Deed: store.PlanBackups, Reason: string(pace)}, func(tx *store.Txn) error {
		return tx.SetBackupPace(pace)
	})
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", "backup.paced")
	return p.Frame.Redirect(w, r, backupsPath)
}

// orderBackup leaves the work to the node's worker: it may take long.
func (p *Pages) orderBackup(w http.ResponseWriter, r *http.Request) error {
	order := backup.Order{Verify: r.PostForm.Get("verify")}
	line := store.JournalEntry{Deed: store.OrderBackup}
	if order.Verify != "" {
		line = store.JournalEntry{Deed: store.VerifyBackup, What: order.Verify}
		if path, err := p.Backups.Path(order.Verify); err != nil {
			return store.ErrNotFound
		} else if _, err := os.Stat(path); err != nil {
			return store.ErrNotFound
		}
	}
	err := p.change(r, line, func(tx *store.Txn) error {
		for j := range tx.JobsOf(backup.Job) {
			if !j.Stuck {
				return nil // one at a time
			}
			tx.DeleteJob(j)
		}
		tx.AddJob(backup.Job, order)
		return nil
	})
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "info", "backup.ordered")
	return p.Frame.Redirect(w, r, backupsPath)
}

// downloadBackup is /admin/sauvegardes/{name}.
func (p *Pages) downloadBackup(w http.ResponseWriter, r *http.Request) error {
	name := mux.Vars(r)["name"]
	path, err := p.Backups.Path(name)
	if err != nil {
		return store.ErrNotFound
	}
	f, err := os.Open(path)
	if err != nil {
		return store.ErrNotFound
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	// An archive takes as long as the line needs; its reader proved who he is.
	if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
		return err
	}
	err = p.change(r, store.JournalEntry{Deed: store.FetchBackup, What: name}, func(*store.Txn) error { return nil })
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/gzip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", info.ModTime(), f)
	return nil
}
