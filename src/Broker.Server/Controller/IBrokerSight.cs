using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Controller;

/// <summary>What the metadata leader can find out about brokers itself, beside what they report.</summary>
internal interface IBrokerSight
{
    /// <summary>The process with which there is a connection: without one a broker is in doubt.</summary>
    ProcessIncarnation? Seen(BrokerId broker);

    /// <summary>Asks what their disks have room for.</summary>
    Task<DiskSurvey> AskDisksAsync(IEnumerable<BrokerId> brokers, CancellationToken cancellation);
}
