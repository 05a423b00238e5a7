using Broker.Model;
using Broker.Server.Partitions.Producers;
using Broker.Server.Partitions.Transactions;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Server.Tests.Partitions.Transactions;

/// <summary>
/// The index of transactions against the plainest model there is: the committed entries of the log, read anew for every
/// question. Random batches, markers (also such that end nothing), truncations, commits, log starts, and restarts from
/// a checkpoint with replay.
/// </summary>
public sealed class TransactionIndexProperties
{
    private enum Kind
    {
        Plain,
        Transactional,
        Commit,
        Abort,
    }

    private readonly record struct Entry(Kind Kind, ProducerId Producer, Offset At, int Count);

    [Property(MaxTest = 400)]
    public void Agrees_with_a_plain_scan_of_the_committed_log(int seed)
    {
        var random = new Random(seed);
        var index = new TransactionIndex();
        var log = new List<Entry>();
        (int committed, Offset start, Offset stable) = (0, Offset.Zero, Offset.Zero);

        for (int step = 0; step < 150; step++)
        {
            switch (random.Next(12))
            {
                case 0:
                    int keep = random.Next(committed, log.Count + 1);
                    log.RemoveRange(keep, log.Count - keep);
                    index.Truncated(new LogIndex(keep + 1));
                    break;
                case 1 or 2:
                    committed = random.Next(committed, log.Count + 1);
                    index.Committed(new LogIndex(committed));
                    break;
                case 3:
                    index = Restarted(log, committed, start);
                    break;
                case 4:
                    start = new Offset(random.NextInt64(start.Value, EndOf(log, committed).Value + 1));
                    index.Forget(start);
                    break;
                default:
                    Append(random, log, index);
                    break;
            }

            Assert.Equal(FirstOpen(log, committed), index.FirstOpen);
            Offset now = index.FirstOpen ?? EndOf(log, committed);
            Assert.True(now >= stable, $"the last stable offset went back from {stable} to {now}");
            stable = now;
            (Offset from, Offset below) = Range(random, start, EndOf(log, committed));
            Assert.Equal(
                Aborted(log, committed).Where(each => each.Last >= from && each.First < below),
                index.Aborted(from, below).Select(each => (each.Producer, each.First, each.Last)));
        }
    }

    private static void Append(Random random, List<Entry> log, TransactionIndex index)
    {
        var entry = new Entry(
            (Kind)random.Next(4), new ProducerId(random.Next(4)), EndOf(log, log.Count), random.Next(1, 4));
        if (entry.Kind is Kind.Commit or Kind.Abort)
            entry = entry with { Count = 1 };
        log.Add(entry);
        Tell(index, entry, new LogIndex(log.Count));
    }

    private static void Tell(TransactionIndex index, in Entry entry, LogIndex at)
    {
        if (entry.Kind == Kind.Transactional)
            index.Written(at, entry.Producer, entry.At);
        else if (entry.Kind is Kind.Commit or Kind.Abort)
            index.Ended(at, entry.Producer, entry.At, isAbort: entry.Kind == Kind.Abort);
    }

    // As a partition does it: the open ones stand with their producers.
    private static TransactionIndex Restarted(List<Entry> log, int committed, Offset start)
    {
        var written = new TransactionIndex();
        var producers = new ProducerTable();
        for (int i = 0; i < committed; i++)
        {
            Tell(written, log[i], new LogIndex(i + 1));
            Tell(producers, log[i], new LogIndex(i + 1));
        }

        written.Committed(new LogIndex(committed));
        producers.Committed(new LogIndex(committed));
        written.Forget(start);
        byte[] bytes = ProducerCheckpoint.Encode(producers.CommittedState(), producers.Forgotten, written.AllAborted());
        Assert.True(ProducerCheckpoint.TryDecode(bytes, out var state, out _, out var aborted));

        var index = new TransactionIndex();
        index.Restore(
            state.Where(each => each.Value.IsOpen)
                .Select(each => KeyValuePair.Create(each.Key, each.Value.OpenSince)),
            aborted);
        for (int i = committed; i < log.Count; i++)
            Tell(index, log[i], new LogIndex(i + 1));
        return index;
    }

    private static void Tell(ProducerTable producers, in Entry entry, LogIndex at)
    {
        if (entry.Kind == Kind.Transactional)
        {
            producers.Appended(
                new ProducerBatch(entry.Producer, 0, -1, entry.Count, entry.At, 0) { IsTransactional = true }, at, 0);
        }
        else if (entry.Kind is Kind.Commit or Kind.Abort)
        {
            producers.Ended(entry.Producer, 0, coordinatorEpoch: 1, at, 0);
        }
    }

    private static (Offset From, Offset Below) Range(Random random, Offset start, Offset end)
    {
        long from = random.NextInt64(start.Value, end.Value + 1);
        return (new Offset(from), new Offset(random.NextInt64(from, end.Value + 1)));
    }

    private static Offset EndOf(List<Entry> log, int count) =>
        count == 0 ? Offset.Zero : log[count - 1].At + log[count - 1].Count;

    private static Offset? FirstOpen(List<Entry> log, int committed)
    {
        for (int i = 0; i < committed; i++)
        {
            if (log[i].Kind == Kind.Transactional && EndOfTransaction(log, committed, i) < 0)
                return log[i].At;
        }

        return null;
    }

    private static IEnumerable<(ProducerId Producer, Offset First, Offset Last)> Aborted(
        List<Entry> log, int committed)
    {
        for (int end = 0; end < committed; end++)
        {
            if (log[end].Kind != Kind.Abort)
                continue;
            int first = Enumerable.Range(0, end).FirstOrDefault(
                i => log[i].Kind == Kind.Transactional && log[i].Producer == log[end].Producer
                    && EndOfTransaction(log, committed, i) == end,
                -1);
            if (first >= 0)
                yield return (log[end].Producer, log[first].At, log[end].At);
        }
    }

    private static int EndOfTransaction(List<Entry> log, int committed, int of) =>
        Enumerable.Range(of, committed - of).FirstOrDefault(
            i => log[i].Kind is Kind.Commit or Kind.Abort && log[i].Producer == log[of].Producer, -1);
}
