using Xunit;

namespace Broker.Protocol.Tests;

public sealed class ApiCatalogueTests
{
    [Theory]
    [InlineData(ApiKey.Produce, 0, 3, 12, 9)]
    [InlineData(ApiKey.Fetch, 4, 4, 16, 12)]
    [InlineData(ApiKey.ListOffsets, 1, 1, 9, 6)]
    [InlineData(ApiKey.Metadata, 0, 0, 12, 9)]
    [InlineData(ApiKey.OffsetCommit, 2, 2, 9, 8)]
    [InlineData(ApiKey.OffsetFetch, 1, 1, 9, 6)]
    [InlineData(ApiKey.FindCoordinator, 0, 0, 6, 3)]
    [InlineData(ApiKey.JoinGroup, 0, 0, 9, 6)]
    [InlineData(ApiKey.Heartbeat, 0, 0, 4, 4)]
    [InlineData(ApiKey.LeaveGroup, 0, 0, 5, 4)]
    [InlineData(ApiKey.SyncGroup, 0, 0, 5, 4)]
    [InlineData(ApiKey.DescribeGroups, 0, 0, 5, 5)]
    [InlineData(ApiKey.ListGroups, 0, 0, 5, 3)]
    [InlineData(ApiKey.ApiVersions, 0, 0, 4, 3)]
    [InlineData(ApiKey.CreateTopics, 2, 2, 7, 5)]
    [InlineData(ApiKey.DeleteTopics, 1, 1, 6, 4)]
    [InlineData(ApiKey.DeleteRecords, 0, 0, 2, 2)]
    [InlineData(ApiKey.InitProducerId, 0, 0, 5, 2)]
    [InlineData(ApiKey.OffsetForLeaderEpoch, 2, 2, 4, 4)]
    [InlineData(ApiKey.DescribeConfigs, 1, 1, 4, 4)]
    [InlineData(ApiKey.CreatePartitions, 0, 0, 3, 2)]
    [InlineData(ApiKey.DeleteGroups, 0, 0, 2, 2)]
    [InlineData(ApiKey.ElectLeaders, 0, 0, 2, 2)]
    [InlineData(ApiKey.IncrementalAlterConfigs, 0, 0, 1, 1)]
    [InlineData(ApiKey.AlterPartitionReassignments, 0, 0, 0, 0)]
    [InlineData(ApiKey.ListPartitionReassignments, 0, 0, 0, 0)]
    [InlineData(ApiKey.DescribeLogDirs, 1, 1, 4, 2)]
    [InlineData(ApiKey.OffsetDelete, 0, 0, 0, short.MaxValue)]
    [InlineData(ApiKey.DescribeQuorum, 0, 0, 2, 0)]
    [InlineData(ApiKey.UpdateFeatures, 0, 0, 2, 0)]
    [InlineData(ApiKey.DescribeCluster, 0, 0, 1, 0)]
    [InlineData(ApiKey.DescribeTopicPartitions, 0, 0, 0, 0)]
    [InlineData(ApiKey.AddRaftVoter, 0, 0, 0, 0)]
    [InlineData(ApiKey.RemoveRaftVoter, 0, 0, 0, 0)]
    public void The_versions_are_those_of_the_design(ApiKey key, short min, short served, short max, short flexible)
    {
        ApiDescription api = ApiCatalogue.Of(key);
        Assert.Equal((min, max), (api.MinVersion, api.MaxVersion));
        Assert.Equal((served, flexible), (api.FirstServed, api.FirstFlexible));
        Assert.False(api.Serves((short)(served - 1)));
        Assert.True(api.Serves(served));
        Assert.False(api.CanRead((short)(max + 1)));
    }

    [Fact]
    public void What_has_no_schema_is_not_found()
    {
        Assert.False(ApiCatalogue.TryFind((ApiKey)(-1), out _));
        Assert.False(ApiCatalogue.TryFind(ApiKey.LeaderAndIsr, out _));
        Assert.False(ApiCatalogue.TryFind((ApiKey)short.MaxValue, out _));
    }

    [Fact]
    public void The_answer_to_ApiVersions_never_has_tagged_fields_in_its_header()
    {
        Assert.Equal(0, ApiCatalogue.Of(ApiKey.ApiVersions).ResponseHeaderVersion(4));
        Assert.Equal(2, ApiCatalogue.Of(ApiKey.ApiVersions).RequestHeaderVersion(4));
        Assert.Equal(1, ApiCatalogue.Of(ApiKey.Metadata).ResponseHeaderVersion(9));
        Assert.Equal(0, ApiCatalogue.Of(ApiKey.Metadata).ResponseHeaderVersion(8));
    }

    [Fact]
    public void Every_request_names_the_response_that_answers_it()
    {
        foreach (ApiDescription api in ApiCatalogue.All)
        {
            Type expected = typeof(IRequestFor<>).MakeGenericType(api.NewResponse().GetType());
            Assert.IsType(expected, api.NewRequest(), exactMatch: false);
        }
    }

    [Theory]
    [InlineData(ErrorCode.NotLeaderOrFollower, "NOT_LEADER_OR_FOLLOWER")]
    [InlineData(ErrorCode.None, "NONE")]
    [InlineData((ErrorCode)999, "999")]
    public void Errors_are_spelt_as_kafka_spells_them(ErrorCode code, string name) =>
        Assert.Equal(name, ErrorText.NameOf(code));
}
