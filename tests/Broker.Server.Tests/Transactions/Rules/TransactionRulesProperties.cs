using Broker.Model;
using Broker.Protocol;
using Broker.Server.Transactions;
using Broker.Server.Transactions.Rules;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Server.Tests.Transactions.Rules;

/// <summary>
/// The rules against a model that knows no records: who was the last to be given the id, what of its transaction is
/// open or decided. Three producers use one transactional id, with what they were given last or long ago; time passes,
/// markers are written, transactions time out. Epochs begin near their end, so that they run out.
/// </summary>
public sealed class TransactionRulesProperties
{
    private const string Id = "transfers";

    private enum Phase
    {
        Idle,
        Open,
        Ending,
        Ended,
    }

    private readonly record struct Given(ProducerId Producer, short Epoch);

    [Property(MaxTest = 500)]
    public void Whoever_was_given_the_id_last_decides_and_nobody_else(int seed)
    {
        var random = new Random(seed);
        var run = new Run(random, (short)(TransactionRules.LastEpochGiven - random.Next(0, 6)));
        for (int step = 0; step < 120; step++)
            run.Step();
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly List<Given> _all = [];
        private TransactionState _state;
        private long _nextId = 2;
        private long _now = 1_000;

        // The model.
        private Given _holder;
        private bool _isFenced;
        private Phase _phase = Phase.Idle;
        private bool _commits;
        private readonly SortedSet<int> _parts = [];
        private long _lastNumber = -1;

        public Run(Random random, short epoch)
        {
            _random = random;
            _holder = new Given(new ProducerId(1), epoch);
            _all.Add(_holder);
            _state = TransactionRules.Init(null, Id, 100, null, new ProducerId(1), _now).Next! with { Epoch = epoch };
        }

        public void Step()
        {
            // The clock may stand still, and go back when another broker takes over.
            _now += _random.Next(-2, 4);
            switch (_random.Next(10))
            {
                case 0:
                    Init(null);
                    break;
                case 1:
                    Init(Somebody());
                    break;
                case 2 or 3 or 4:
                    Add(Somebody(), _random.Next(4));
                    break;
                case 5 or 6:
                    End(Somebody(), _random.Next(2) == 0);
                    break;
                case 7:
                    Verify(Somebody(), _random.Next(4));
                    break;
                case 8:
                    TimeOut();
                    break;
                default:
                    Complete();
                    break;
            }

            Assert.Equal(_phase == Phase.Open, _state.Status == TransactionStatus.Ongoing);
            Assert.Equal(_phase == Phase.Ending, _state.IsEnding);
            Assert.Equal(_parts, _state.Partitions.Select(each => each.Partition));
            Assert.True(_phase is Phase.Idle or Phase.Open || _state.IsCommit == _commits);
        }

        private Given Somebody() => _random.Next(4) == 0 ? _all[_random.Next(_all.Count)] : _holder;

        private bool Holds(Given who) => who == _holder && !_isFenced;

        private void Init(Given? who)
        {
            (ProducerId, short)? expected = who is { } one ? (one.Producer, one.Epoch) : null;
            TransactionDecision decision = TransactionRules.Init(_state, Id, 100, expected, null, _now);
            if (decision.NeedsProducerId)
            {
                Assert.Null(decision.Next);
                decision = TransactionRules.Init(_state, Id, 100, expected, new ProducerId(_nextId++), _now);
            }

            if (who is { } named && !Holds(named))
            {
                // Only the answer that was lost may be given again, to the one that it was for.
                if (decision.Error == ErrorCode.None)
                    Assert.Equal((_phase, _state.LastEpoch), (Phase.Idle, named.Epoch));
                else
                    Assert.Equal(ErrorCode.ProducerFenced, decision.Error);
                Assert.Null(decision.Next);
                return;
            }

            Take(decision);
            switch (_phase)
            {
                case Phase.Open:
                    Assert.Equal(ErrorCode.ConcurrentTransactions, decision.Error);
                    (_phase, _commits, _isFenced) = (Phase.Ending, false, true);
                    break;
                case Phase.Ending:
                    Assert.Equal(ErrorCode.ConcurrentTransactions, decision.Error);
                    Assert.Null(decision.Next);
                    break;
                default:
                    Assert.Equal(ErrorCode.None, decision.Error);
                    Give();
                    break;
            }
        }

        private void Give()
        {
            var given = new Given(_state.Producer, _state.Epoch);
            Assert.DoesNotContain(given, _all);
            Assert.InRange(given.Epoch, (short)0, TransactionRules.LastEpochGiven);
            _all.Add(given);
            (_holder, _phase, _isFenced) = (given, Phase.Idle, false);
        }

        private void Add(Given who, int part)
        {
            TransactionDecision decision = TransactionRules.Add(
                _state, who.Producer, who.Epoch, [new TopicPartition("accounts", part)], _now);
            if (!Holds(who))
            {
                AssertRefused(decision, who);
                return;
            }

            if (_phase == Phase.Ending)
            {
                Assert.Equal(TransactionDecision.Refuse(ErrorCode.ConcurrentTransactions), decision);
                return;
            }

            Assert.Equal(ErrorCode.None, decision.Error);
            Take(decision);
            if (_phase != Phase.Open)
                Assert.True(_state.Number > _lastNumber);
            _lastNumber = _state.Number;
            _parts.Add(part);
            _phase = Phase.Open;
        }

        private void End(Given who, bool commit)
        {
            TransactionDecision decision = TransactionRules.End(_state, who.Producer, who.Epoch, commit, _now);
            if (!Holds(who))
            {
                AssertRefused(decision, who);
                return;
            }

            ErrorCode expected = _phase switch
            {
                Phase.Open => ErrorCode.None,
                Phase.Ending when commit == _commits => ErrorCode.ConcurrentTransactions,
                Phase.Ended when commit == _commits => ErrorCode.None,
                _ => ErrorCode.InvalidTxnState,
            };
            Assert.Equal(expected, decision.Error);
            Assert.Equal(_phase == Phase.Open, decision.Next is not null);
            Take(decision);
            if (_phase == Phase.Open)
                (_phase, _commits) = (Phase.Ending, commit);
        }

        private void Verify(Given who, int part)
        {
            ErrorCode error = TransactionRules.Verify(
                _state, who.Producer, who.Epoch, new TopicPartition("accounts", part));
            Assert.Equal(Holds(who) && _phase == Phase.Open && _parts.Contains(part), error == ErrorCode.None);
        }

        private void TimeOut()
        {
            TransactionState? next = TransactionRules.TimeOut(_state, _now);
            Assert.Equal(_phase == Phase.Open, next is not null);
            if (next is null)
                return;
            Take(TransactionDecision.Write(next));
            (_phase, _commits, _isFenced) = (Phase.Ending, false, true);
        }

        private void Complete()
        {
            if (_phase != Phase.Ending)
                return;
            Take(TransactionDecision.Write(TransactionRules.Complete(_state, _now)));
            _phase = Phase.Ended;
            _parts.Clear();
        }

        private void AssertRefused(in TransactionDecision decision, Given who)
        {
            Assert.Null(decision.Next);
            Assert.Equal(
                who.Producer == _state.Producer ? ErrorCode.ProducerFenced : ErrorCode.InvalidProducerIdMapping,
                decision.Error);
        }

        // As a log takes it: an epoch of an id never goes back, and an id never comes again.
        private void Take(in TransactionDecision decision)
        {
            if (decision.Next is not { } next)
                return;
            bool isSame = next.Producer == _state.Producer;
            Assert.True(isSame ? next.Epoch >= _state.Epoch : next.Producer > _state.Producer);
            Assert.True(next.Number >= _state.Number);
            _state = next;
        }
    }
}
