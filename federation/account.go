package federation

import (
	"context"
	"fmt"
	"slices"

	"github.com/essaim/essaim/store"
)

// Appoint gives an account another role. Errors: ErrForbidden; store.ErrNotFound;
// *store.FieldError for a role that does not exist, and for the last administrator,
// who stays one.
func (n *Node) Appoint(ctx context.Context, by store.Viewer, account store.ID, role store.Role) error {
	return n.update(ctx, by, func(tx *store.Txn) error {
		a, err := tx.Account(account)
		switch {
		case !by.May(store.Appoint):
			return fmt.Errorf("role of %s by %s: %w", account, by.Actor, ErrForbidden)
		case err != nil:
			return err
		case !slices.Contains(store.Roles(), role):
			return &store.FieldError{Field: "role", Reason: "error.choice"}
		case a.Role == store.Admin && role != store.Admin && admins(tx) == 1:
			return &store.FieldError{Field: "role", Reason: "error.last-admin"}
		}
		a.Role = role
		tx.Note(store.JournalEntry{Deed: store.AppointMember, Actor: a.Actor, Reason: string(role)})
		return tx.PutAccount(a)
	})
}

func admins(tx *store.Txn) (many int) {
	for a := range tx.Accounts() {
		if a.Role == store.Admin {
			many++
		}
	}
	return many
}

// Invite keeps an invitation under a secret. then, which may be nil, is done in
// the same transaction. Errors: ErrForbidden; *store.FieldError for an address that
// somebody has already.
func (n *Node) Invite(ctx context.Context, by store.Viewer, i store.Invitation, secret string, then func(*store.Txn) error) error {
	return n.update(ctx, by, func(tx *store.Txn) error {
		if !by.May(store.Invite) || !by.Role.Manages(i.Role) {
			return fmt.Errorf("invitation to be %s by %s: %w", i.Role, by.Actor, ErrForbidden)
		}
		if _, err := tx.AccountByLogin(i.Email); err == nil && i.Email != "" {
			return &store.FieldError{Field: "email", Reason: "error.email-taken"}
		}
		i.Created = tx.Now()
		tx.PutInvitation(secret, &i)
		tx.Note(store.JournalEntry{Deed: store.InviteMember, Reason: string(i.Role)})
		if then == nil {
			return nil
		}
		return then(tx)
	})
}

// AcceptInvitation is AddMember for whoever holds the secret of an invitation, which is used
// up by it. The role is the invitation's; the address, too, if it has one, and it is
// confirmed if the invitation came by mail. then, which may be nil, is done in the
// same transaction, when the account is there. store.ErrNotFound: it does not hold.
func (n *Node) AcceptInvitation(ctx context.Context, secret string, member store.Actor, account *store.Account, then func(*store.Txn) error) (*store.Actor, error) {
	may := func(tx *store.Txn) error {
		i, err := tx.Invitation(secret)
		if err != nil {
			return err
		}
		if account.Role = i.Role; i.Email != "" {
			account.Email = i.Email
		}
		if i.Mailed {
			account.Verified = tx.Now()
		}
		tx.DeleteInvitation(i.ID)
		return nil
	}
	return n.addMember(ctx, member, account, store.JoinLab, may, then)
}

// EndInvitation makes an invitation worthless, if there is one, in the name of
// somebody who may invite, and give the role that it gives. Errors: ErrForbidden.
func (n *Node) EndInvitation(ctx context.Context, by store.Viewer, id string) error {
	return n.update(ctx, by, func(tx *store.Txn) error {
		if !by.May(store.Invite) {
			return fmt.Errorf("end invitation by %s: %w", by.Actor, ErrForbidden)
		}
		for i := range tx.Invitations() {
			if i.ID == id && !by.Role.Manages(i.Role) {
				return fmt.Errorf("end invitation to be %s by %s: %w", i.Role, by.Actor, ErrForbidden)
			}
		}
		tx.DeleteInvitation(id)
		tx.Note(store.JournalEntry{Deed: store.EndInvitation})
		return nil
	})
}
