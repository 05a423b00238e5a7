using Broker.Model;

namespace Broker.Replication.Tests.Hosting;

/// <summary>Without a failure and with index 0: answered in the step that would have appended.</summary>
internal readonly record struct TestOutcome(ProposalFailure? Failure, LogIndex Index, Offset Offset, int InSync);
