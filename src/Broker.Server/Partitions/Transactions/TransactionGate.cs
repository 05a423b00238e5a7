using Broker.Model;

namespace Broker.Server.Partitions.Transactions;

// A batch may be appended in a transaction only while that is open, which the coordinator alone knows (KIP-890). It is
// asked once for each transaction, not for each batch:
//   a client's thread   enters: with the token at hand, or when the coordinator has answered, in the order of arrival
//   the group's owner   looks at the token in the step that appends, and ends it in the step that appends a marker
// Between the coordinator's answer and the append anything may have happened: a token is of one term, and the number of
// its transaction has to be greater than that of all that were ended in that term. What was ended in terms before was
// ended by a coordinator that is older, or not: that the log itself says.

/// <summary>Which transactions may be written to one partition, as its leader was told in this term.</summary>
internal sealed class TransactionGate(PartitionId partition)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ProducerId, Producer> _producers = [];

    /// <summary>With the token that is at hand; else ask with <see cref="Enter"/>.</summary>
    public bool TryEnter(ProducerId producer, short epoch, Term term, out TransactionToken token)
    {
        lock (_gate)
        {
            bool isOpen = _producers.TryGetValue(producer, out Producer? known)
                && known.Term == term && known.Epoch == epoch && known.IsOpen;
            token = isOpen ? known!.Token : default;
            return isOpen;
        }
    }

    /// <summary>Has the coordinator asked, unless it is being asked just now or has answered meanwhile.</summary>
    /// <param name="entered">
    /// Called once, under the gate's lock and in the order of these calls: with no fault and a token, or with a fault.
    /// </param>
    public void Enter(
        ITransactionVerifier verifier,
        string transactionalId,
        ProducerId producer,
        short epoch,
        Term term,
        Action<PartitionFault, TransactionToken> entered)
    {
        Question question;
        lock (_gate)
        {
            Producer known = Find(producer, term);
            if (known.IsOpen && known.Epoch == epoch)
            {
                entered(PartitionFault.None, known.Token);
                return;
            }

            if (known.Asking is { } asking && asking.Epoch == epoch && asking.TransactionalId == transactionalId)
            {
                asking.Waiting.Add(entered);
                return;
            }

            known.Asking = question = new Question(transactionalId, producer, epoch, known);
            question.Waiting.Add(entered);
        }

        _ = AskAsync(verifier, question);
    }

    /// <summary>
    /// OWNER. None if a batch may be appended now; NotLeader or Busy if the coordinator has to be asked again.
    /// </summary>
    /// <param name="coordinatorEpoch">Of the newest marker of this producer in the log.</param>
    public PartitionFault Check(
        ProducerId producer, short epoch, in TransactionToken token, Term term, int coordinatorEpoch)
    {
        if (token.Term != term)
            return PartitionFault.NotLeader;

        lock (_gate)
        {
            Producer known = Find(producer, term);
            if (token.CoordinatorEpoch < coordinatorEpoch)
            {
                if (known.Token == token)
                    known.Close();
                return PartitionFault.Busy;
            }

            return known.IsOpen && known.Epoch == epoch && known.Token == token
                ? PartitionFault.None
                : PartitionFault.NotOfTransaction;
        }
    }

    /// <summary>OWNER. Whether a transaction that began later is open: then this one has ended long ago.</summary>
    public bool IsPassed(ProducerId producer, long number, Term term)
    {
        lock (_gate)
        {
            return _producers.TryGetValue(producer, out Producer? known) && known.Term == term
                && known.IsOpen && known.Token.Number > number;
        }
    }

    /// <summary>OWNER. Its marker is being appended: nothing of it may be appended any more.</summary>
    public void End(ProducerId producer, long number, Term term)
    {
        lock (_gate)
        {
            Producer known = Find(producer, term);
            known.Ended = Math.Max(known.Ended, number);
            if (known.IsOpen && known.Token.Number <= number)
                known.Close();
        }
    }

    /// <summary>Forgets producers that the log has forgotten.</summary>
    public void Forget(Predicate<ProducerId> isForgotten)
    {
        lock (_gate)
        {
            List<ProducerId> gone = [.. _producers
                .Where(each => each.Value is { Asking: null, IsOpen: false } && isForgotten(each.Key))
                .Select(each => each.Key)];
            foreach (ProducerId producer in gone)
                _producers.Remove(producer);
        }
    }

    private async Task AskAsync(ITransactionVerifier verifier, Question question)
    {
        Verification answer = await verifier.VerifyAsync(
            question.TransactionalId, question.Id, question.Epoch, partition);
        lock (_gate)
        {
            Producer producer = question.Producer;
            if (producer.Asking == question)
                producer.Asking = null;
            PartitionFault fault = answer.Fault == PartitionFault.None && answer.Number <= producer.Ended
                ? PartitionFault.NotOfTransaction
                : answer.Fault;
            var token = new TransactionToken(producer.Term, answer.Number, answer.CoordinatorEpoch);
            if (fault == PartitionFault.None && question.Epoch >= producer.Epoch)
                (producer.IsOpen, producer.Epoch, producer.Token) = (true, question.Epoch, token);
            foreach (Action<PartitionFault, TransactionToken> entered in question.Waiting)
                entered(fault, token);
        }
    }

    // What was known in another term is worth nothing; questions of that term are answered to those who asked them.
    private Producer Find(ProducerId producer, Term term)
    {
        if (_producers.TryGetValue(producer, out Producer? known) && known.Term == term)
            return known;

        bool isOld = known is not null && known.Term > term;
        known = new Producer(term);
        if (!isOld)
            _producers[producer] = known;
        return known;
    }

    private sealed class Producer(Term term)
    {
        public Term Term => term;

        public bool IsOpen { get; set; }

        public short Epoch { get; set; } = -1;

        /// <summary>Of the transaction that is open.</summary>
        public TransactionToken Token { get; set; }

        /// <summary>The greatest number that a marker was appended for, in this term.</summary>
        public long Ended { get; set; } = -1;

        public Question? Asking { get; set; }

        public void Close() => IsOpen = false;
    }

    private sealed class Question(string transactionalId, ProducerId id, short epoch, Producer producer)
    {
        public string TransactionalId => transactionalId;

        public ProducerId Id => id;

        public short Epoch => epoch;

        public Producer Producer => producer;

        public List<Action<PartitionFault, TransactionToken>> Waiting { get; } = [];
    }
}
