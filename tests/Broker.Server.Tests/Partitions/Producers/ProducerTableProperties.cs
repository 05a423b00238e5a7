using Broker.Model;
using Broker.Server.Partitions.Producers;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Server.Tests.Partitions.Producers;

/// <summary>
/// The table against the plainest model there is: the list of all batches in the log, read anew for every question.
/// Random appends, truncations, commits and restarts from a checkpoint with replay.
/// </summary>
public sealed class ProducerTableProperties
{
    [Property(MaxTest = 400)]
    public void Agrees_with_reading_the_whole_log(int seed)
    {
        var random = new Random(seed);
        var table = new ProducerTable();
        var log = new List<ProducerBatch>();
        int committed = 0;

        for (int step = 0; step < 120; step++)
        {
            switch (random.Next(12))
            {
                case 0:
                    int keep = random.Next(committed, log.Count + 1);
                    log.RemoveRange(keep, log.Count - keep);
                    table.Truncated(new LogIndex(keep + 1));
                    break;
                case 1:
                    committed = random.Next(committed, log.Count + 1);
                    table.Committed(new LogIndex(committed));
                    break;
                case 2:
                    table = Restarted(table, log, committed);
                    break;
                default:
                    ProducerBatch batch = NextBatch(random, log);
                    SequenceVerdict verdict = table.Check(batch, out StoredBatch original);
                    Assert.Equal(Model(log, batch, out Offset expected), verdict);
                    Assert.Equal(expected, original.BaseOffset);
                    if (verdict == SequenceVerdict.Accept)
                    {
                        log.Add(batch);
                        table.Appended(batch, new LogIndex(log.Count), now: step);
                    }

                    break;
            }

            Assert.Equal(log.Skip(committed).Count(), table.Uncommitted);
        }
    }

    private static ProducerTable Restarted(ProducerTable before, List<ProducerBatch> log, int committed)
    {
        byte[] bytes = ProducerCheckpoint.Encode(before.CommittedState(), before.Forgotten, []);
        Assert.True(ProducerCheckpoint.TryDecode(bytes, out var state, out ProducerId forgotten, out _));
        var table = new ProducerTable();
        table.Restore(state, forgotten);
        for (int i = committed; i < log.Count; i++)
            table.Appended(log[i], new LogIndex(i + 1), now: 0);
        return table;
    }

    private static ProducerBatch NextBatch(Random random, List<ProducerBatch> log)
    {
        var producer = new ProducerId(random.Next(3));
        long offset = log.Count == 0 ? 0 : log[^1].BaseOffset.Value + log[^1].Count;
        List<ProducerBatch> own = [.. log.Where(b => b.Producer == producer)];
        if (own.Count == 0)
        {
            int first = random.Next(4) == 0 ? int.MaxValue - random.Next(8) : 0;
            return new ProducerBatch(producer, (short)random.Next(2), first, random.Next(1, 5), new Offset(offset), 0);
        }

        ProducerBatch last = own[^1];
        ProducerBatch old = own[random.Next(Math.Max(0, own.Count - 8), own.Count)];
        return random.Next(6) switch
        {
            0 => old with { BaseOffset = new Offset(offset) },
            1 => last with
            {
                Epoch = (short)(last.Epoch + 1),
                FirstSequence = random.Next(2),
                BaseOffset = new Offset(offset),
            },
            2 => last with
            {
                FirstSequence = ProducerSequence.Add(last.LastSequence, 2),
                BaseOffset = new Offset(offset),
            },
            _ => last with
            {
                FirstSequence = ProducerSequence.Add(last.LastSequence, 1),
                Count = random.Next(1, 5),
                BaseOffset = new Offset(offset),
            },
        };
    }

    private static SequenceVerdict Model(List<ProducerBatch> log, ProducerBatch batch, out Offset original)
    {
        original = default;
        List<ProducerBatch> own = [.. log.Where(b => b.Producer == batch.Producer)];
        if (own.Count == 0)
            return batch.FirstSequence == 0 ? SequenceVerdict.Accept : SequenceVerdict.OutOfOrder;
        short epoch = own[^1].Epoch;
        if (batch.Epoch != epoch)
        {
            return batch.Epoch < epoch ? SequenceVerdict.StaleEpoch
                : batch.FirstSequence == 0 ? SequenceVerdict.Accept : SequenceVerdict.OutOfOrder;
        }

        List<ProducerBatch> window = [.. own.Where(b => b.Epoch == epoch).TakeLast(ProducerWindow.Size)];
        int found = window.FindLastIndex(b => b.FirstSequence == batch.FirstSequence && b.Count == batch.Count);
        if (found >= 0)
        {
            original = window[found].BaseOffset;
            return SequenceVerdict.Duplicate;
        }

        long next = ((long)window[^1].FirstSequence + window[^1].Count) % (1L + int.MaxValue);
        return batch.FirstSequence == next ? SequenceVerdict.Accept : SequenceVerdict.OutOfOrder;
    }
}
