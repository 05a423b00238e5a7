using System.Runtime.InteropServices;
using Broker.Model;

namespace Broker.Server.Partitions.Producers;

/// <summary>
/// The producers with an id of one partition, as its whole log says: every replica feeds it each entry that enters its
/// log, so a new leader needs no replay. For every batch that is not committed the state before it is kept; a
/// truncation puts these back, newest first, and a commit forgets them. Owned by the group's owner; no locks.
/// </summary>
public sealed class ProducerTable
{
    private readonly Dictionary<ProducerId, Producer> _producers = [];

    /// <summary>Oldest first: one for every idempotent batch above the commit index.</summary>
    private readonly Queue<Undo> _undo = new();

    public int Count => _producers.Count;

    /// <summary>
    /// Ids above this one were never forgotten here. Of them nothing but sequence 0 begins: batches that follow one
    /// which this broker refused a moment ago, when it did not lead yet, must not overtake it.
    /// </summary>
    public ProducerId Forgotten { get; private set; } = ProducerId.None;

    /// <summary>Idempotent batches in the log that are not committed.</summary>
    public int Uncommitted => _undo.Count;

    public bool Contains(ProducerId producer) => _producers.ContainsKey(producer);

    public SequenceVerdict Check(in ProducerBatch batch, out StoredBatch original)
    {
        original = default;
        if (!_producers.TryGetValue(batch.Producer, out Producer? producer))
        {
            return !batch.HasSequence || batch.FirstSequence == 0 || batch.Producer <= Forgotten
                ? SequenceVerdict.Accept
                : SequenceVerdict.OutOfOrder;
        }

        ref readonly ProducerWindow window = ref producer.Window;
        if (batch.Epoch < window.Epoch)
            return SequenceVerdict.StaleEpoch;
        if (!batch.HasSequence)
            return SequenceVerdict.Accept;
        if (batch.Epoch > window.Epoch)
            return batch.FirstSequence == 0 ? SequenceVerdict.Accept : SequenceVerdict.OutOfOrder;
        if (window.TryFind(batch.FirstSequence, batch.LastSequence, out original))
            return SequenceVerdict.Duplicate;
        if (window.Count == 0)
            return batch.FirstSequence == 0 ? SequenceVerdict.Accept : SequenceVerdict.OutOfOrder;
        if (window.IsOpen && !batch.IsTransactional)
            return SequenceVerdict.NotOfTransaction;
        return ProducerSequence.Follows(window.LastSequence, batch.FirstSequence)
            ? SequenceVerdict.Accept
            : SequenceVerdict.OutOfOrder;
    }

    /// <summary>Judges the end of a transaction. One that repeats another is accepted: it ends nothing.</summary>
    public SequenceVerdict CheckEnd(ProducerId producer, short epoch, int coordinatorEpoch)
    {
        if (!_producers.TryGetValue(producer, out Producer? known))
            return SequenceVerdict.Accept;
        if (coordinatorEpoch < known.Window.CoordinatorEpoch)
            return SequenceVerdict.StaleCoordinator;
        return epoch < known.Window.Epoch ? SequenceVerdict.StaleEpoch : SequenceVerdict.Accept;
    }

    /// <summary>Of the newest coordinator that has ended a transaction of this producer here; -1: none has.</summary>
    public int CoordinatorEpochOf(ProducerId producer) =>
        _producers.TryGetValue(producer, out Producer? known) ? known.Window.CoordinatorEpoch : -1;

    /// <summary>A batch with a producer's id entered the log at <paramref name="index"/>. The leader has checked it;
    /// nobody checks again.</summary>
    public void Appended(in ProducerBatch batch, LogIndex index, long now)
    {
        ref ProducerWindow window = ref Change(batch.Producer, batch.Epoch, index, now);
        if (batch.IsTransactional)
            window.Open(batch.BaseOffset, now);
        if (batch.HasSequence)
        {
            window.Push(
                new StoredBatch(batch.FirstSequence, batch.LastSequence, batch.BaseOffset, batch.Timestamp, index),
                now);
        }
    }

    /// <summary>A marker entered the log.</summary>
    public void Ended(ProducerId producer, short epoch, int coordinatorEpoch, LogIndex index, long now) =>
        Change(producer, epoch, index, now).End(coordinatorEpoch, now);

    public void Committed(LogIndex commit)
    {
        while (_undo.TryPeek(out Undo oldest) && oldest.Index <= commit)
        {
            _undo.Dequeue();
            _producers[oldest.Producer].Uncommitted--;
        }
    }

    /// <summary>Entries from <paramref name="from"/> on left the log: what they changed is put back.</summary>
    public void Truncated(LogIndex from)
    {
        var removed = new Stack<Undo>();
        for (int left = _undo.Count; left > 0; left--)
        {
            Undo undo = _undo.Dequeue();
            if (undo.Index < from)
                _undo.Enqueue(undo);
            else
                removed.Push(undo);
        }

        while (removed.TryPop(out Undo undo))
            PutBack(undo);
    }

    /// <summary>Forgets producers that have written nothing since <paramref name="before"/>, wait for no commit and
    /// have no open transaction.</summary>
    public int Expire(long before)
    {
        List<ProducerId>? idle = null;
        foreach ((ProducerId id, Producer producer) in _producers)
        {
            if (producer.Uncommitted == 0 && !producer.Window.IsOpen && producer.Window.TouchedAt < before)
                (idle ??= []).Add(id);
        }

        if (idle is null)
            return 0;
        foreach (ProducerId id in idle)
        {
            _producers.Remove(id);
            Forgotten = id > Forgotten ? id : Forgotten;
        }

        return idle.Count;
    }

    /// <summary>The state that the committed part of the log gives, in the order of producer ids.</summary>
    public SortedDictionary<ProducerId, ProducerWindow> CommittedState()
    {
        var state = new SortedDictionary<ProducerId, ProducerWindow>();
        foreach ((ProducerId id, Producer producer) in _producers)
            state[id] = producer.Window;

        Undo[] uncommitted = [.. _undo];
        for (int i = uncommitted.Length - 1; i >= 0; i--)
        {
            if (uncommitted[i].Known)
                state[uncommitted[i].Producer] = uncommitted[i].Before;
            else
                state.Remove(uncommitted[i].Producer);
        }

        return state;
    }

    /// <summary>Begins with a checkpoint's state instead of nothing.</summary>
    public void Restore(IEnumerable<KeyValuePair<ProducerId, ProducerWindow>> state, ProducerId forgotten)
    {
        Forgotten = forgotten;
        _producers.Clear();
        _undo.Clear();
        foreach ((ProducerId id, ProducerWindow window) in state)
            _producers.Add(id, new Producer { Window = window });
    }

    private ref ProducerWindow Change(ProducerId id, short epoch, LogIndex index, long now)
    {
        ref Producer? producer = ref CollectionsMarshal.GetValueRefOrAddDefault(_producers, id, out bool known);
        producer ??= new Producer();
        _undo.Enqueue(new Undo(index, id, known, producer.Window));
        producer.Uncommitted++;
        if (!known)
            producer.Window = new ProducerWindow(epoch, now);
        else if (producer.Window.Epoch != epoch)
            producer.Window = producer.Window.In(epoch, now);
        return ref producer.Window;
    }

    private void PutBack(in Undo undo)
    {
        if (!undo.Known)
        {
            _producers.Remove(undo.Producer);
            return;
        }

        Producer producer = _producers[undo.Producer];
        producer.Window = undo.Before;
        producer.Uncommitted--;
    }

    private sealed class Producer
    {
        public ProducerWindow Window;
        public int Uncommitted;
    }

    private readonly record struct Undo(LogIndex Index, ProducerId Producer, bool Known, ProducerWindow Before);
}
