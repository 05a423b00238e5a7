namespace Broker.MetadataQuorum;

/// <summary>An entry was about to be appended for a term that is over. Nothing was written.</summary>
internal sealed class StaleTermException(long term, long current)
    : Exception($"An entry of term {term} can't be appended in term {current}.");
