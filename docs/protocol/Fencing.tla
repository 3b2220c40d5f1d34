------------------------------ MODULE Fencing ------------------------------
(***************************************************************************)
(* Why a step of the etcd sink happens once, in order, and may be taken as *)
(* one: tasks that come and go, one of them a zombie that does not know    *)
(* that its topic partition is another's; transactions that are given up   *)
(* and arrive later, or never; a topic in which records stand twice.       *)
(* KeySync.tla rests on what is shown here.                                *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS
  Tasks,              \* that have the topic partition, one after the other or at once
  Topic,              \* its records: the numbers of changes. A record that is sent again has the number it had
  MaxStarts,          \* how often tasks are started
  MaxTimeouts,        \* how often a transaction is given up that is still under way
  Without             \* rules that are taken away, to see what they are for; {} is the protocol

Rule(name) == name \notin Without

VARIABLES
  progress,    \* the progress key in etcd: next offset, last number passed, who wrote it, and its mod_revision ("at")
  revision,    \* of etcd
  effects,     \* numbers of the changes written to etcd, in order
  group,       \* the offset that is stored for the consumer group
  task,        \* what each task remembers
  underway,    \* transactions that were given up and have not arrived
  left         \* how many starts and timeouts may still come

vars == <<progress, revision, effects, group, task, underway, left>>

Stopped == [on |-> FALSE, me |-> 0, claimed |-> FALSE, at |-> 0, next |-> 0, last |-> 0, inDoubt |-> FALSE]
Larger(a, b) == IF a > b THEN a ELSE b

(***************************************************************************)
(* A task is started, by a rebalance or after a crash. Nobody tells the    *)
(* one that had the partition before. Before its first record it reads the *)
(* progress key, and writes it anew.                                       *)
(***************************************************************************)
Starts(t) ==
  /\ left.starts > 0 /\ left' = [left EXCEPT !.starts = @ - 1]
  /\ task' = [task EXCEPT ![t] = [Stopped EXCEPT !.on = TRUE, !.me = left.starts]]
  /\ UNCHANGED <<progress, revision, effects, group, underway>>

Claims(t) ==
  /\ task[t].on /\ ~task[t].claimed
  /\ revision' = revision + 1
  /\ progress' = IF Rule("claimed anew") THEN [progress EXCEPT !.at = revision + 1, !.by = task[t].me] ELSE progress
  /\ task' = [task EXCEPT ![t].claimed = TRUE, ![t].at = progress'.at, ![t].last = progress.last,
                          ![t].next = IF Rule("begins where the progress says") THEN progress.next ELSE group]
  /\ UNCHANGED <<effects, group, underway, left>>

(***************************************************************************)
(* One transaction: what is next in the topic, and the progress behind it, *)
(* provided that the progress key is as this task wrote it last.           *)
(***************************************************************************)
Ready(t) == task[t].on /\ task[t].claimed /\ ~task[t].inDoubt /\ task[t].next < Len(Topic)
Transaction(t) ==
  LET n == Topic[task[t].next + 1] IN
  [by |-> task[t].me, expects |-> task[t].at, next |-> task[t].next + 1, last |-> Larger(task[t].last, n),
   writes |-> IF n <= task[t].last /\ Rule("numbers are passed once") THEN <<>> ELSE <<n>>]

Accepts(x) == progress.at = x.expects \/ ~Rule("the progress key is compared")
Commit(x) ==
  /\ revision' = revision + 1
  /\ effects' = effects \o x.writes
  /\ progress' = IF Rule("progress beside the effects") THEN [next |-> x.next, last |-> x.last, by |-> x.by, at |-> revision + 1]
                 ELSE progress

Commits(t) ==
  /\ Ready(t)
  /\ LET x == Transaction(t) IN
     IF Accepts(x)
     THEN /\ Commit(x)
          /\ task' = [task EXCEPT ![t].next = x.next, ![t].last = x.last, ![t].at = progress'.at]
     ELSE /\ task' = [task EXCEPT ![t].inDoubt = TRUE]
          /\ UNCHANGED <<progress, revision, effects>>
  /\ UNCHANGED <<group, underway, left>>

(* No answer came in time. The transaction is still under way, and may come through later or never. *)
GivesUp(t) ==
  /\ Ready(t) /\ left.timeouts > 0 /\ left' = [left EXCEPT !.timeouts = @ - 1]
  /\ underway' = underway \cup {Transaction(t)}
  /\ task' = [task EXCEPT ![t].inDoubt = TRUE]
  /\ UNCHANGED <<progress, revision, effects, group>>
Arrives(x) ==
  /\ underway' = underway \ {x}
  /\ IF Accepts(x) THEN Commit(x) ELSE UNCHANGED <<progress, revision, effects>>
  /\ UNCHANGED <<group, task, left>>
IsLost(x) ==
  /\ underway' = underway \ {x}
  /\ UNCHANGED <<progress, revision, effects, group, task, left>>

(***************************************************************************)
(* In doubt it reads the key. What it wrote itself tells how far it came;  *)
(* and it is written anew, so that what is under way never comes through.  *)
(* What another task wrote says that the partition is the other's.         *)
(***************************************************************************)
Looks(t) ==
  /\ task[t].on /\ task[t].inDoubt
  /\ revision' = revision + 1
  /\ IF progress.by = task[t].me
     THEN /\ progress' = [progress EXCEPT !.at = revision + 1]
          /\ task' = [task EXCEPT ![t].inDoubt = FALSE, ![t].at = revision + 1, ![t].last = progress.last,
                                  ![t].next = IF Rule("in doubt the key tells") THEN progress.next ELSE @ + 1]
     ELSE /\ task' = [task EXCEPT ![t] = Stopped]
          /\ UNCHANGED progress
  /\ UNCHANGED <<effects, group, underway, left>>

(* Connect stores the reported offset now and then, also that of a zombie. *)
Reports(t) ==
  /\ task[t].on /\ task[t].claimed /\ group # task[t].next
  /\ group' = IF Rule("reports committed offsets only") THEN task[t].next ELSE Len(Topic)
  /\ UNCHANGED <<progress, revision, effects, task, underway, left>>

Init ==
  /\ progress = [next |-> 0, last |-> 0, by |-> 0, at |-> 0]
  /\ revision = 0 /\ effects = <<>> /\ group = 0 /\ underway = {}
  /\ task = [t \in Tasks |-> Stopped]
  /\ left = [starts |-> MaxStarts, timeouts |-> MaxTimeouts]

Works(t) == Claims(t) \/ Commits(t) \/ Looks(t)
Next == \/ \E t \in Tasks : Starts(t) \/ Works(t) \/ GivesUp(t) \/ Reports(t)
        \/ \E x \in underway : Arrives(x) \/ IsLost(x)
Spec == Init /\ [][Next]_vars

---------------------------------------------------------------------------
(* What must hold *)

ATopic == <<1, 2, 1, 3>>         \* change 1 was sent again behind 2

RECURSIVE Wanted(_)
Wanted(k) ==                 \* the effects that the first k records ask for
  IF k = 0 THEN <<>>
  ELSE IF \E i \in 1..(k - 1) : Topic[i] >= Topic[k] THEN Wanted(k - 1)
  ELSE Append(Wanted(k - 1), Topic[k])

Once == \A i, j \in DOMAIN effects : i # j => effects[i] # effects[j]
NothingSkipped == \A i \in 1..progress.next : \E j \in DOMAIN effects : effects[j] = Topic[i]
InOrder == \A i, j \in DOMAIN effects : i < j => effects[i] <= effects[j]
ExactlyOnce == effects = Wanted(progress.next)
GroupIsNotAhead == group <= progress.next
OnlyWhoClaimedLast ==        \* moves the progress
  [][progress'.next # progress.next => progress'.by = progress.by]_vars
=============================================================================
