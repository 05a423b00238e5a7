using Broker.Metadata;
using Broker.MetadataQuorum;

namespace Broker.Server;

/// <summary>Joins the metadata group. The log is the node's to dispose, if it can be.</summary>
/// <param name="fatal">Called if the log can't go on, as after a failed flush: the broker has to stop.</param>
public delegate ValueTask<IMetadataLog> OpenMetadataLog(
    QuorumOptions options, IMetadataPeerChannel channel, Action<Exception> fatal, CancellationToken cancellation);
