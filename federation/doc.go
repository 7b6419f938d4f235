// Package federation is the door of the house. Every change to what is shared,
// ours or another node's, is an ActivityStreams activity, and every activity goes
// through one function, (*Node).apply: Publish brings those of this node to it,
// Receive those of others. apply authorises the activity, does what its verb
// says, records it and queues its deliveries, in one store transaction.
//
// Open node.go first. Each verb is a file. What needs the network is gathered
// before the transaction, or left behind as a job (work.go).
//
// It leaves HTTP to federation/inbox and web, signatures to federation/httpsig,
// documents to federation/vocab, and delivering to federation/delivery.
//
// Specifications: ActivityPub (W3C Recommendation) §5 to §7; FEP-fe34 for who may
// speak for what.
package federation
