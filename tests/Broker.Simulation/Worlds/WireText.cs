using Broker.Raft;

namespace Broker.Simulation.Worlds;

/// <summary>A message of a group, as the trace shows it.</summary>
internal static class WireText
{
    public static string Of(in RaftMessage m) =>
        $"{m.Kind} term {m.Term} prev {m.PrevIndex}/{m.PrevTerm} last {m.LastIndex} match {m.Match} commit {m.Commit}"
        + (m.Rejected ? " rejected" : "") + (m.Abstains ? " abstains" : "") + (m.Forced ? " forced" : "")
        + (m.Sleep ? " sleep" : "");
}
