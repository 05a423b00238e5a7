namespace Broker.Metadata;

/// <summary>A config's type, with the numbers that DescribeConfigs uses.</summary>
public enum TopicConfigType
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Long = 5,
    Double = 6,
    List = 7,
}
