using Broker.Metadata;

namespace Broker.Server.Controller.Membership;

/// <summary>
/// Leadership reports as they come in, until the tick takes them all into one record. Reporters say it again until the
/// image
/// agrees with them, so what is dropped here costs a moment and nothing else; that is what bounds it.
/// </summary>
internal sealed class ReportQueue
{
    private const int Bound = 100_000;

    private readonly Lock _gate = new();
    private List<LeadershipReport> _waiting = [];

    public void Add(IReadOnlyCollection<LeadershipReport> reports)
    {
        lock (_gate)
        {
            if (_waiting.Count + reports.Count <= Bound)
                _waiting.AddRange(reports);
        }
    }

    public IReadOnlyList<LeadershipReport> TakeAll()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
                return [];
            List<LeadershipReport> taken = _waiting;
            _waiting = [];
            return taken;
        }
    }
}
