using Broker.Server.Groups.Classic;
using Broker.Server.Network;

namespace Broker.Server.Groups;

/// <summary>A group that has members, or may soon have some, and the one time when it has to be looked at.</summary>
internal sealed class LiveGroup(ClassicGroup group, Action<LiveGroup> due) : Deadline
{
    public ClassicGroup Group { get; } = group;

    /// <summary>Writes whose outcome is open.</summary>
    public int Writes { get; set; }

    /// <summary>The time for which its deadline is set; null: it is not.</summary>
    public TimeSpan? ArmedFor { get; set; }

    protected internal override void Expired() => due(this);
}
