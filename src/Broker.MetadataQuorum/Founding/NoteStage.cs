namespace Broker.MetadataQuorum;

/// <summary>How far a data directory's vote has come. The values are on the disk.</summary>
internal enum NoteStage
{
    /// <summary>Agreed with the others, or offered a place; the log's files may be missing.</summary>
    Noted = 0,

    /// <summary>The log's files were made; from here on they must be there.</summary>
    Begun = 1,

    /// <summary>It was removed from the voters: it never founds again, whatever the configuration file says.</summary>
    Left = 2,
}
