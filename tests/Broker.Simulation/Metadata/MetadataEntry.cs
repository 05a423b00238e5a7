using Broker.Metadata;

namespace Broker.Simulation.Metadata;

/// <summary>A committed entry, and the image after it.</summary>
internal sealed record MetadataEntry(IReadOnlyList<MetadataRecord> Records, ClusterImage Image);
